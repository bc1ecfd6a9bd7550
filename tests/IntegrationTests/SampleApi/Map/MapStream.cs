using System.Diagnostics;
using System.Text.Json;
using SampleApi.Map;
using Xunit;

namespace IntegrationTests.SampleApi.Map;

/// <summary>An open <c>GET /map/events</c>, read as a page reads it.</summary>
internal sealed class MapStream : IDisposable
{
    private readonly EventStream _events;

    private MapStream(EventStream events) => _events = events;

    /// <summary>The newest map that was read.</summary>
    public MapCluster? Cluster { get; private set; }

    /// <summary>The id of the last event that had one.</summary>
    public string? LastId { get; private set; }

    public static async Task<MapStream> OpenAsync(HttpClient client, string? lastId = null) => new(await EventStream.OpenAsync(client, "/map/events", lastId));

    /// <summary>The next event: its name and its data. Null at the end of the stream.</summary>
    public async Task<(string Name, string Data)?> NextAsync()
    {
        if (await _events.TryNextAsync() is not { } next)
        {
            return null;
        }

        LastId = next.EventId ?? LastId;
        return (next.EventType, next.Data);
    }

    /// <summary>Reads until the map is as expected, and returns the moment in which it was.</summary>
    public async Task<DateTimeOffset> HoldsAsync(string expectation, Func<MapCluster, bool> condition, TimeSpan? limit = null)
    {
        using var patience = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(30));
        while (Cluster is null || !condition(Cluster))
        {
            Assert.False(patience.IsCancellationRequested, $"Expected within {limit ?? TimeSpan.FromSeconds(30)}: {expectation}. Found: {JsonSerializer.Serialize(Cluster)}");
            if (await NextAsync() is not { } next)
            {
                Assert.Fail($"Expected {expectation}, but the stream ended.");
            }
            else if (next.Name == "map")
            {
                Cluster = JsonSerializer.Deserialize<JsonElement>(next.Data).GetProperty("cluster").Deserialize<MapCluster>(JsonSerializerOptions.Web);
            }
        }

        return DateTimeOffset.UtcNow;
    }

    /// <summary>Reads until the figures of the nodes, by id, are as expected.</summary>
    public async Task<IReadOnlyDictionary<string, MapFigures>> FiguresAsync(Func<Dictionary<string, MapFigures>, bool> condition)
    {
        var figures = new Dictionary<string, MapFigures>();
        var watch = Stopwatch.StartNew();
        while (figures.Count == 0 || !condition(figures))
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"Expected other figures within 30 s, found {JsonSerializer.Serialize(figures)}.");
            if (await NextAsync() is { Name: "figures" } next)
            {
                foreach (var (id, changed) in JsonSerializer.Deserialize<Dictionary<string, MapFigures>>(next.Data, JsonSerializerOptions.Web)!)
                {
                    figures[id] = changed;
                }
            }
        }

        return figures;
    }

    public void Dispose() => _events.Dispose();
}
