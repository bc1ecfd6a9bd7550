using RedisCluster.Client;
using StackExchange.Redis;

namespace SampleApi.Problems;

/// <summary>503 with Retry-After: the cluster cannot answer now, or refuses, and the same request may succeed later.</summary>
internal static class ClusterUnavailable
{
    // Most outages that a caller meets are failovers, over within seconds.
    private const string RetryAfterSeconds = "2";

    /// <summary>Answers when the exception means that the cluster, or the shard of the key, cannot answer now, or refuses.</summary>
    internal static async Task<bool> TryWriteAsync(HttpContext context, Exception exception)
    {
        if (ServerRefusal.CodeOf(exception) is { } code)
        {
            await WriteAsync(context, "The cluster refuses this now.", exception.Message, new Dictionary<string, object?> { ["code"] = code });
            return true;
        }

        if (exception is RedisConnectionException or TimeoutException)
        {
            await WriteAsync(context, "The nodes that are responsible did not answer.");
            return true;
        }

        return false;
    }

    internal static Task WriteAsync(HttpContext context, string detail) => WriteAsync(context, "The cluster cannot answer now.", detail, extensions: null);

    private static async Task WriteAsync(HttpContext context, string title, string detail, Dictionary<string, object?>? extensions)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = RetryAfterSeconds;
        await Results.Problem(statusCode: StatusCodes.Status503ServiceUnavailable, title: title, detail: detail, extensions: extensions).ExecuteAsync(context);
    }
}
