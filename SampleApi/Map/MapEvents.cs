using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using SampleApi.Problems;

namespace SampleApi.Map;

/// <summary>
/// <c>GET /map/events</c>: the map as server-sent events. The first event is the whole map; then <c>map</c> when something happened, <c>figures</c> with the numbers that
/// changed, and a heartbeat when there is nothing to tell. A page that comes back with <c>Last-Event-ID</c> gets the map only if it has changed since.
/// </summary>
internal static class MapEvents
{
    // Keeps proxies from closing the stream, tells the page that it lives, and finds out whether the page is still there.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    internal static IResult Stream(HttpContext context, MapFeed feed, IHostApplicationLifetime lifetime)
    {
        if (feed.TryLook() is not { } look)
        {
            return TooMany.Of(context, "maps", MapFeed.MaxViewers);
        }

        context.Response.RegisterForDispose(look);
        return TypedResults.ServerSentEvents(ReadAsync(feed, context.Request.Headers["Last-Event-ID"].ToString(), lifetime.ApplicationStopping, context.RequestAborted));
    }

    private static async IAsyncEnumerable<SseItem<string>> ReadAsync(MapFeed feed, string lastId, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        MapState? sent = null;
        while (true)
        {
            var next = await NextAsync(feed, sent, end.Token);
            if (end.IsCancellationRequested)
            {
                yield break; // The page was closed, or the application ends: both are the end of a stream and no error.
            }

            if (next is null)
            {
                yield return new SseItem<string>($"{Heartbeat.TotalSeconds}", "heartbeat");
                continue;
            }

            var id = $"{feed.Name}-{next.Version}";
            if (id != lastId)
            {
                yield return new SseItem<string>(Json(new MapMessage(feed.Name, next.Cluster)), "map") { EventId = id, ReconnectionInterval = TimeSpan.FromSeconds(1) };
            }

            var changes = MapChanges.Of(sent?.Figures ?? new Dictionary<string, MapFigures>(), next.Figures);
            if (changes.Count > 0)
            {
                yield return new SseItem<string>(Json(changes), "figures");
            }

            (sent, lastId) = (next, id);
        }
    }

    // Null when it is time for a heartbeat, or at the end.
    private static async Task<MapState?> NextAsync(MapFeed feed, MapState? sent, CancellationToken end)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(end);
        patience.CancelAfter(Heartbeat);
        try
        {
            return await feed.NextAsync(sent, patience.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private static string Json<T>(T message) => JsonSerializer.Serialize(message, JsonSerializerOptions.Web);

    private sealed record MapMessage(string Feed, MapCluster Cluster);
}
