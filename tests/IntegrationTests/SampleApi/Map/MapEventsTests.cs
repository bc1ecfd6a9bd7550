using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using IntegrationTests.Client;
using SampleApi.Map;
using Support;
using Xunit;

namespace IntegrationTests.SampleApi.Map;

public sealed partial class MapEventsTests(SharedCluster cluster) : IAsyncLifetime
{
    private RedisNodes _nodes = null!;
    private ApiUnderTest _api = null!;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _nodes = await cluster.NodesAsync();
        _api = ApiUnderTest.Start(_nodes);
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task TheFirstEventsAreTheWholeMapAndTheFiguresOfAllNodes()
    {
        using var stream = await MapStream.OpenAsync(_api.Client);
        await stream.HoldsAsync("all nodes are online", map => map.State == "whole");
        Assert.Equal(16384, stream.Cluster!.ServedSlots);
        Assert.Equal(_nodes.EndPoints.Order(), stream.Cluster.Shards.SelectMany(shard => shard.Nodes).Select(node => node.Address).Order());

        var figures = await stream.FiguresAsync(all => all.Count == 6 && all.Values.All(node => node.OpsPerSecond is not null || node.LagBytes is not null));
        Assert.All(figures.Values, node => Assert.InRange(node.MemoryBytes, 1_000_000, 100_000_000));
        Assert.Equal(3, figures.Values.Count(node => node.LagBytes is not null));
    }

    [Fact]
    public async Task AnIdleClusterShowsNextToNoOperationsAlthoughItIsAsked()
    {
        using var stream = await MapStream.OpenAsync(_api.Client);
        // A cluster is never quite idle: replicas acknowledge once a second, and connections are kept alive. Four questions a second of four commands each would be 16.
        await stream.FiguresAsync(all => all.Count == 6 && all.Values.All(node => node.OpsPerSecond is <= 8));
    }

    [Fact]
    public async Task APageThatComesBackGetsTheMapOnlyIfItHasChanged()
    {
        using var stays = await MapStream.OpenAsync(_api.Client);
        await stays.HoldsAsync("all nodes are online", map => map.State == "whole");
        using var back = await MapStream.OpenAsync(_api.Client, stays.LastId);
        Assert.Equal("figures", (await back.NextAsync())!.Value.Name);
        using var stranger = await MapStream.OpenAsync(_api.Client, "another-1");
        Assert.Equal("map", (await stranger.NextAsync())!.Value.Name);
    }

    [Fact]
    public async Task HoweverManyLookTheClusterIsAskedOnceAndNotAtAllWhenNobodyDoes()
    {
        var streams = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => MapStream.OpenAsync(_api.Client)));
        await Task.WhenAll(streams.Select(stream => stream.HoldsAsync("a map comes", _ => true)));
        var before = await SurveysAsync();
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < TimeSpan.FromSeconds(2))
        {
            await streams[0].NextAsync();
        }

        // Every 250 ms, and more when connections change. Were each of the twenty to ask, it would be 80 a second.
        Assert.InRange((await SurveysAsync() - before) / watch.Elapsed.TotalSeconds, 1, 20);

        foreach (var stream in streams)
        {
            stream.Dispose();
        }

        var last = await SurveysAsync();
        await Eventually.HoldsAsync("no more questions come within half a second", async token =>
        {
            var known = last;
            await Task.Delay(TimeSpan.FromMilliseconds(500), token); // twice the interval of questions: nothing else tells that none comes
            return (last = await SurveysAsync()) == known;
        });
    }

    [Fact]
    public async Task TheSixtyFifthPageIsToldToComeLater()
    {
        var streams = await Task.WhenAll(Enumerable.Range(0, MapFeed.MaxViewers).Select(_ => MapStream.OpenAsync(_api.Client)));
        using var refused = await _api.Client.GetAsync("/map/events", CancellationToken);
        await Problem.ExpectAsync(HttpStatusCode.ServiceUnavailable, refused);
        Assert.Equal(TimeSpan.FromSeconds(5), refused.Headers.RetryAfter?.Delta);
        foreach (var stream in streams)
        {
            stream.Dispose();
        }

        await Eventually.HoldsAsync("there is room again", async token =>
        {
            using var response = await _api.Client.GetAsync("/map/events", HttpCompletionOption.ResponseHeadersRead, token);
            return response.IsSuccessStatusCode;
        });
    }

    // A stream has no end of its own, and a server waits for its requests.
    [Fact]
    public async Task OpenPagesDoNotHoldUpTheEndOfTheApplication()
    {
        await using var api = ApiUnderTest.Start(_nodes);
        using var stream = await MapStream.OpenAsync(api.Client);
        await stream.HoldsAsync("a map comes", _ => true);
        var watch = Stopwatch.StartNew();
        await api.StopAsync();
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(4));
        while (await stream.NextAsync() is not null)
        {
        }
    }

    private async Task<long> SurveysAsync()
    {
        var calls = EvalCalls().Match(await _nodes[0].AskTextAsync("INFO", "commandstats"));
        return calls.Success ? long.Parse(calls.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) : 0;
    }

    [GeneratedRegex("cmdstat_eval_ro:calls=([0-9]+)")]
    private static partial Regex EvalCalls();
}
