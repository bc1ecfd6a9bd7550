using System.Text.Json;
using SampleApi.Problems;

namespace SampleApi.Map;

/// <summary>
/// <c>GET /map/events</c>: the map as server-sent events. The first event is the whole map; then <c>map</c> when something happened, <c>figures</c> with the numbers that
/// changed, and a heartbeat when there is nothing to tell. A page that comes back with <c>Last-Event-ID</c> gets the map only if it has changed since.
/// </summary>
internal static class MapEvents
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    // The comment keeps proxies from closing the stream, and finds out whether the page is still there. Pages do not see comments: the event tells them that the stream lives.
    private static readonly string HeartbeatText = $": heartbeat\nevent: heartbeat\ndata: {Heartbeat.TotalSeconds}\n\n";

    internal static async Task<IResult> StreamAsync(HttpContext context, MapFeed feed, IHostApplicationLifetime lifetime)
    {
        using var look = feed.TryLook();
        if (look is null)
        {
            return TooMany.Of(context, "maps", MapFeed.MaxViewers);
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        try
        {
            await context.Response.WriteAsync("retry: 1000\n: the cluster, live\n\n", end.Token);
            await context.Response.Body.FlushAsync(end.Token);
            await WriteAsync(context.Response, feed, context.Request.Headers["Last-Event-ID"].ToString(), end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The page was closed, or the application ends: both are the end of a stream and no error.
        }

        return Results.Empty;
    }

    private static async Task WriteAsync(HttpResponse response, MapFeed feed, string lastId, CancellationToken cancellationToken)
    {
        MapState? sent = null;
        while (true)
        {
            var next = await NextAsync(feed, sent, cancellationToken);
            await response.WriteAsync(next is null ? HeartbeatText : Text(feed, lastId, sent, next), cancellationToken);
            await response.Body.FlushAsync(cancellationToken);
            (sent, lastId) = next is null ? (sent, lastId) : (next, Id(feed, next));
        }
    }

    // Null when it is time for a heartbeat.
    private static async Task<MapState?> NextAsync(MapFeed feed, MapState? sent, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Heartbeat);
        try
        {
            return await feed.NextAsync(sent, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static string Text(MapFeed feed, string lastId, MapState? sent, MapState next)
    {
        var id = Id(feed, next);
        var map = id == lastId ? "" : $"event: map\nid: {id}\ndata: {Json(new MapMessage(feed.Name, next.Cluster))}\n\n";
        var changes = MapChanges.Of(sent?.Figures ?? new Dictionary<string, MapFigures>(), next.Figures);
        return changes.Count == 0 ? map : $"{map}event: figures\ndata: {Json(changes)}\n\n";
    }

    private static string Id(MapFeed feed, MapState state) => $"{feed.Name}-{state.Version}";

    private static string Json<T>(T message) => JsonSerializer.Serialize(message, JsonSerializerOptions.Web);

    private sealed record MapMessage(string Feed, MapCluster Cluster);
}
