using RedisCluster.Client.Topology;
using RedisCluster.Topology;
using SampleApi.Map;
using Xunit;

namespace UnitTests.SampleApi;

public sealed class MapDrawingTests
{
    private static readonly ClusterShards Whole = View(Shard(0, 5460, 7001, 7004), Shard(5461, 10921, 7002, 7005), Shard(10922, 16383, 7003, 7006));

    [Fact]
    public void AWholeClusterHasNumberedShardsInTheOrderOfTheirSlots()
    {
        var map = MapDrawing.Draw(Whole, before: null);
        Assert.Equal(("whole", 16384, "localhost:7001"), (map.State, map.ServedSlots, map.SeenBy));
        Assert.Equal(
            [
                "1 0-5460 localhost:7001 primary online, localhost:7004 replica online",
                "2 5461-10921 localhost:7002 primary online, localhost:7005 replica online",
                "3 10922-16383 localhost:7003 primary online, localhost:7006 replica online",
            ],
            Words(map));
    }

    [Fact]
    public void APrimaryThatDoesNotAnswerLeavesItsSlotsUnserved()
    {
        var map = MapDrawing.Draw(View(Shard(0, 5460, Node(7001, connected: false), Node(7004)), Shard(5461, 10921, 7002, 7005), Shard(10922, 16383, 7003, 7006)), MapDrawing.Draw(Whole, null));
        Assert.Equal(("broken", 10923), (map.State, map.ServedSlots));
        Assert.Equal("1 0-5460 localhost:7001 primary silent, localhost:7004 replica online", Words(map)[0]);
    }

    // The server lists a dead primary that was replaced as a shard of its own, without slots.
    [Fact]
    public void AReplacedPrimaryStaysInItsShardUntilItIsBack()
    {
        var after = MapDrawing.Draw(
            View(Shard(0, 5460, 7004), Shard(5461, 10921, 7002, 7005), Shard(10922, 16383, 7003, 7006), new Shard(SlotSet.Empty, Node(7001, "fail", connected: false), [])),
            MapDrawing.Draw(Whole, null));
        Assert.Equal("weakened", after.State);
        Assert.Empty(after.Spares);
        Assert.Equal("1 0-5460 localhost:7001 none failed, localhost:7004 primary online", Words(after)[0]);

        var back = MapDrawing.Draw(View(Shard(0, 5460, 7004, 7001), Shard(5461, 10921, 7002, 7005), Shard(10922, 16383, 7003, 7006)), after);
        Assert.Equal("whole", back.State);
        Assert.Equal("1 0-5460 localhost:7001 replica online, localhost:7004 primary online", Words(back)[0]);
    }

    [Fact]
    public void AShardKeepsItsNumberWhereverItsSlotsGo()
    {
        var map = MapDrawing.Draw(
            View(Shard(0, 99, 7003, 7006), Shard(100, 5460, 7001, 7004), Shard(5461, 10921, 7002, 7005), Shard(10922, 16383, 7007)),
            MapDrawing.Draw(Whole, null));
        Assert.Equal(["1 100-5460", "2 5461-10921", "3 0-99", "4 10922-16383"], Words(map).Select(words => string.Join(' ', words.Split(' ').Take(2))));
    }

    [Fact]
    public void AReplicaThatMovesToAnotherShardTakesNoNumberWithIt()
    {
        var map = MapDrawing.Draw(View(Shard(0, 5460, 7001), Shard(5461, 10921, 7002, 7004), Shard(10922, 16383, 7003, 7005, 7006)), MapDrawing.Draw(Whole, null));
        Assert.Equal(["7001", "7002,7004", "7003,7005,7006"], map.Shards.Select(shard => string.Join(',', shard.Nodes.Select(node => node.Id))));
        Assert.Equal([1, 2, 3], map.Shards.Select(shard => shard.Number));
    }

    [Fact]
    public void ANodeWithoutSlotsThatBelongedNowhereIsSpare()
    {
        var map = MapDrawing.Draw(View([.. Whole.Shards, new Shard(SlotSet.Empty, Node(7007), [])]), MapDrawing.Draw(Whole, null));
        Assert.Equal(new MapNode("7007", "localhost:7007", "none", "online"), Assert.Single(map.Spares));
        Assert.Equal("whole", map.State);
    }

    [Fact]
    public void AReplicaThatItsPrimaryDoesNotSeeIsUnlinked()
    {
        var map = MapDrawing.Draw(View(Shard(0, 5460, Node(7001), Node(7004) with { LagBytes = null }), Shard(5461, 10921, 7002, 7005), Shard(10922, 16383, 7003, 7006)), null);
        Assert.Equal(("weakened", "1 0-5460 localhost:7001 primary online, localhost:7004 replica unlinked"), (map.State, Words(map)[0]));
    }

    [Fact]
    public void WhileNoNodeAnswersEverythingStaysWhereItWas()
    {
        var map = MapDrawing.DrawDown("0/6 nodes answer", MapDrawing.Draw(Whole, null));
        Assert.Equal(("down", "0/6 nodes answer", null, 0), (map.State, map.Reason, map.SeenBy, map.ServedSlots));
        Assert.Equal("3 10922-16383 localhost:7003 primary silent, localhost:7006 replica silent", Words(map)[2]);
        Assert.Empty(MapDrawing.DrawDown("not connected yet", before: null).Shards);
    }

    internal static ClusterShards View(params IReadOnlyList<Shard> shards) => new("localhost:7001", shards);

    internal static Shard Shard(int first, int last, params int[] ports) => Shard(first, last, [.. ports.Select(port => Node(port))]);

    internal static Shard Shard(int first, int last, params ShardNode[] nodes) => new(SlotSet.Of(new SlotRange(first, last)), nodes[0] with { LagBytes = null }, [.. nodes.Skip(1)]);

    internal static ShardNode Node(int port, string health = "online", bool connected = true) => new($"localhost:{port}", $"{port}", health, connected, ReplicationOffset: 1000, LagBytes: 0);

    private static List<string> Words(MapCluster map) =>
        [.. map.Shards.Select(shard => $"{shard.Number} {string.Join(',', shard.Slots)} {string.Join(", ", shard.Nodes.Select(node => $"{node.Address} {node.Role} {node.Health}"))}")];
}
