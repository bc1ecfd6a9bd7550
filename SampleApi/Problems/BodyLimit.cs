using Microsoft.AspNetCore.Diagnostics;

namespace SampleApi.Problems;

/// <summary>
/// How long a body may be: each route says it for itself. Not by Kestrel's own limit, which closes the connection as soon as it is passed: a caller that is still
/// sending would get no answer.
/// </summary>
/// <param name="MaxBytes">The most bytes of a body.</param>
internal sealed record BodyLimit(long MaxBytes)
{
    /// <summary>Reading the body of a route that has a limit fails when it is too long: <see cref="BadHttpRequestException"/>, 413.</summary>
    internal static Task ApplyAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<BodyLimit>() is { } limit)
        {
            context.Request.Body = new LimitedBody(context.Request.Body, context.Request.ContentLength, limit.MaxBytes);
        }

        return next(context);
    }

    /// <summary>What a caller is told whose body is longer.</summary>
    internal static string Exceeded(HttpContext context)
    {
        // The handler of exceptions has put the endpoint away, and remembers it.
        var endpoint = context.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? context.GetEndpoint();
        return endpoint?.Metadata.GetMetadata<BodyLimit>() is { } limit
            ? $"The body is too long: expected at most {limit.MaxBytes} bytes."
            : "The body is too long.";
    }
}
