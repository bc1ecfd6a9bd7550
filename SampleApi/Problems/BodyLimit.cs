using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Metadata;

namespace SampleApi.Problems;

/// <summary>How long a body may be: each route says it for itself.</summary>
internal static class BodyLimit
{
    /// <summary>What a caller is told whose body is longer.</summary>
    internal static string Exceeded(HttpContext context)
    {
        // The handler of exceptions has put the endpoint away, and remembers it.
        var endpoint = context.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? context.GetEndpoint();
        return endpoint?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize is { } limit
            ? $"The body is too long: expected at most {limit} bytes."
            : "The body is too long.";
    }
}
