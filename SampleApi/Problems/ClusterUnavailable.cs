using StackExchange.Redis;

namespace SampleApi.Problems;

/// <summary>503 with Retry-After: the cluster cannot answer now, and the same request may succeed later.</summary>
internal static class ClusterUnavailable
{
    // Most outages that a caller meets are failovers, over within seconds.
    private const string RetryAfterSeconds = "2";

    /// <summary>Whether the exception means that the cluster, or the shard of the key, cannot answer now.</summary>
    internal static bool Means(Exception exception) => exception switch
    {
        RedisConnectionException or RedisTimeoutException => true,
        // The first word is the code. These end by themselves: slots without an owner, a node that loads, a slot that moves, a primary that lost its replicas or its memory.
        RedisServerException server => server.Message.Split(' ')[0] is "CLUSTERDOWN" or "LOADING" or "TRYAGAIN" or "MASTERDOWN" or "READONLY" or "NOREPLICAS" or "BUSY" or "OOM",
        _ => false,
    };

    internal static async Task WriteAsync(HttpContext context, string detail)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = RetryAfterSeconds;
        await Results.Problem(statusCode: StatusCodes.Status503ServiceUnavailable, title: "The cluster cannot answer now.", detail: detail).ExecuteAsync(context);
    }
}
