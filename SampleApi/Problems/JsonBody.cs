using System.Text.Json;
using System.Text.Json.Serialization;

namespace SampleApi.Problems;

/// <summary>Routes that take a small JSON body.</summary>
internal static class JsonBody
{
    /// <summary>Enough for every body of the patterns.</summary>
    internal const int MaxBytes = 16 * 1024;

    /// <summary>Accepts a JSON body of up to <see cref="MaxBytes"/>; what is longer is a 413, what is not JSON a 400 or a 415.</summary>
    internal static RouteHandlerBuilder WithJsonBody(this RouteHandlerBuilder route) => route
        .WithMetadata(new BodyLimit(MaxBytes))
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);

    /// <summary>A member that is missing, null or misspelt is refused, and a bad request is an exception in every environment, so that one place answers it.</summary>
    internal static void AddStrictJson(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            json.SerializerOptions.RespectRequiredConstructorParameters = true;
            json.SerializerOptions.RespectNullableAnnotations = true;
        });
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
    }

    /// <summary>What a caller is told about a body that could not be read: where, and nothing of the types inside.</summary>
    internal static string Explain(BadHttpRequestException exception) => exception.InnerException is JsonException json
        ? $"The body is not the JSON that was expected, at line {json.LineNumber + 1}, byte {json.BytePositionInLine + 1}{(json.Path is { } path ? $", {path}" : "")}."
        : exception.Message;
}
