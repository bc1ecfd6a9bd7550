using RedisCluster.Client.Topology;
using RedisCluster.Topology;
using SampleApi.Map;
using Xunit;
using static UnitTests.SampleApi.MapDrawingTests;

namespace UnitTests.SampleApi;

public sealed class MapStoryTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Shard Second = Shard(5461, 10921, 7002, 7005);
    private static readonly Shard Third = Shard(10922, 16383, 7003, 7006);
    private static readonly ClusterShards Whole = View(Shard(0, 5460, 7001, 7004), Second, Third);

    private MapCluster _map = MapDrawing.Draw(Whole, before: null);

    [Fact]
    public void NothingHappensBetweenEqualViews() => Assert.Empty(After(Whole));

    [Fact]
    public void AKilledPrimaryIsToldFromItsSilenceToItsReturn()
    {
        Assert.Equal(
            ["lost: localhost:7001 (primary, shard 1) is not reachable.", "broken: 5,461 slots have no reachable primary."],
            After(View(Shard(0, 5460, Node(7001, connected: false), Node(7004)), Second, Third)));
        Assert.Equal(
            ["lost: The cluster gave localhost:7001 (primary, shard 1) up as failed."],
            After(View(Shard(0, 5460, Node(7001, "fail", connected: false), Node(7004)), Second, Third)));
        Assert.Equal(
            ["failover: Failover in shard 1: localhost:7004 took over from localhost:7001.", "served: All slots are served again."],
            After(View(Shard(0, 5460, 7004), Second, Third, new Shard(SlotSet.Empty, Node(7001, "fail", connected: false), []))));
        Assert.Equal(["back: localhost:7001 (replica, shard 1) is back."], After(View(Shard(0, 5460, 7004, 7001), Second, Third)));
    }

    [Fact]
    public void AGracefulFailoverIsOneHappening() => Assert.Equal(
        ["failover: Failover in shard 1: localhost:7004 took over from localhost:7001."],
        After(View(Shard(0, 5460, 7004, 7001), Second, Third)));

    [Fact]
    public void SlotsThatMoveOneByOneAreOneHappeningThatGrows()
    {
        Assert.Equal(["moved: 1 slot moved from shard 1 to shard 2."], After(Moved(1)));
        Assert.Equal(["moved: 100 slots moved from shard 1 to shard 2."], After(Moved(100), Noon.AddSeconds(1)));
        Assert.Equal(2, Assert.Single(_map.Story).Number); // a new number, so that pages tell it again
        Assert.Equal(["moved: 2,000 slots moved from shard 1 to shard 2."], After(Moved(2100), Noon.AddMinutes(1)));
        Assert.Equal(2, _map.Story.Count);
    }

    [Fact]
    public void ANodeThatJoinsAndLeavesIsTold()
    {
        Assert.Equal(["joined: localhost:7007 (no shard) joined the cluster."], After(View([.. Whole.Shards, new Shard(SlotSet.Empty, Node(7007), [])])));
        Assert.Equal(["left: localhost:7007 left the cluster."], After(Whole));
    }

    [Fact]
    public void TheWholeClusterGoesAndComesBackInOneSentenceEach()
    {
        _map = MapStory.Continue(_map, MapDrawing.DrawDown("0/6 nodes answer", _map), Noon);
        Assert.Equal("No node of the cluster answers.", Assert.Single(_map.Story).Text);
        _map = MapStory.Continue(_map, MapDrawing.DrawDown("still", _map), Noon);
        Assert.Single(_map.Story);
        Assert.Equal(["up: The cluster answers again."], After(Whole));
    }

    [Fact]
    public void AClusterThatMayNotBeAskedForTellsNothingAndNobodyJoinsItAfterwards()
    {
        _map = MapStory.Continue(_map, MapDrawing.DrawUnknown("NOPERM"), Noon);
        Assert.Equal(("unknown", "NOPERM"), (_map.State, _map.Reason));
        Assert.Empty(_map.Story);
        Assert.Empty(After(Whole));
        _map = MapStory.Continue(_map, MapDrawing.DrawUnknown("NOPERM"), Noon);
        Assert.Equal(["broken: 5,461 slots have no reachable primary."], After(View(Shard(0, 5460, Node(7001, connected: false)), Second, Third)));
    }

    [Fact]
    public void TheStoryKeepsItsLastFortyHappenings()
    {
        for (var i = 0; i < 30; i++)
        {
            After(View([.. Whole.Shards, new Shard(SlotSet.Empty, Node(7007), [])]));
            After(Whole);
        }

        Assert.Equal(40, _map.Story.Count);
        Assert.Equal(Enumerable.Range(21, 40).Select(number => (long)number), _map.Story.Select(happening => happening.Number));
    }

    private static ClusterShards Moved(int slots) => View(
        Shard(slots, 5460, 7001, 7004),
        Second with { Slots = SlotSet.Of(new SlotRange(0, slots - 1), new SlotRange(5461, 10921)) },
        Third);

    private List<string> After(ClusterShards view, DateTimeOffset? at = null)
    {
        var known = _map.Story.Select(happening => happening.Number).DefaultIfEmpty().Max();
        _map = MapStory.Continue(_map, MapDrawing.Draw(view, _map), at ?? Noon);
        return [.. _map.Story.Where(happening => happening.Number > known).Select(happening => $"{happening.Kind}: {happening.Text}")];
    }
}
