using SampleApi.Map;
using Xunit;

namespace UnitTests.SampleApi;

public sealed class MapFeedTests
{
    private static readonly MapCluster Cluster = MapDrawing.DrawDown("not connected yet", before: null);
    private readonly MapFeed _feed = new();

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ASlowViewerGetsTheNewestStateOnly()
    {
        var first = State(1);
        _feed.Show(first);
        Assert.Same(first, await _feed.NextAsync(seen: null, CancellationToken));
        var waiting = _feed.NextAsync(first, CancellationToken);
        Assert.False(waiting.IsCompleted);
        _feed.Show(State(2));
        var newest = State(3);
        _feed.Show(newest);
        Assert.Same(newest, await _feed.NextAsync(first, CancellationToken));
        Assert.NotSame(first, await waiting);
    }

    [Fact]
    public async Task AfterAPauseNobodyIsShownAnOldState()
    {
        _feed.Show(State(1));
        _feed.Show(null);
        var waiting = _feed.NextAsync(seen: null, CancellationToken);
        Assert.False(waiting.IsCompleted);
        var fresh = State(2);
        _feed.Show(fresh);
        Assert.Same(fresh, await waiting);
    }

    [Fact]
    public async Task TheClusterIsWatchedWhileAnybodyLooks()
    {
        var looks = _feed.SomebodyLooksAsync(CancellationToken);
        Assert.False(looks.IsCompleted);
        var one = _feed.TryLook()!;
        await looks;
        var other = _feed.TryLook()!;
        one.Dispose();
        one.Dispose(); // ends once
        Assert.True(_feed.IsWatched);
        other.Dispose();
        Assert.False(_feed.IsWatched);
        Assert.False(_feed.SomebodyLooksAsync(CancellationToken).IsCompleted);
    }

    [Fact]
    public void ThereIsRoomForSixtyFour()
    {
        var looks = Enumerable.Range(0, MapFeed.MaxViewers).Select(_ => _feed.TryLook()).ToList();
        Assert.DoesNotContain(null, looks);
        Assert.Null(_feed.TryLook());
        looks[0]!.Dispose();
        Assert.NotNull(_feed.TryLook());
    }

    private static MapState State(long version) => new(version, Cluster, new Dictionary<string, MapFigures>());
}
