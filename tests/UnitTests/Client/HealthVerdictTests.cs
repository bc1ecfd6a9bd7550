using Microsoft.Extensions.Diagnostics.HealthChecks;
using RedisCluster.Client;
using RedisCluster.Client.Topology;
using RedisCluster.Topology;
using Xunit;

namespace UnitTests.Client;

public sealed class HealthVerdictTests
{
    private const long Limit = 100;

    [Fact]
    public void AWholeClusterIsHealthy() => Expect(HealthStatus.Healthy, "16384/16384 slots served by 3 shards; 6/6 nodes usable", Shard(0), Shard(1), Shard(2));

    [Fact]
    public void AShardWithoutAReplicaOnlineDegrades() => Expect(
        HealthStatus.Degraded,
        "16384/16384 slots served by 3 shards; 5/6 nodes usable; shard 0-5460 has no replica online; localhost:7004 is fail",
        Shard(0, replica: Node(7004, health: "fail", connected: false)), Shard(1), Shard(2));

    [Fact]
    public void AReplicaThatIsBehindDegrades() => Expect(
        HealthStatus.Degraded,
        "16384/16384 slots served by 3 shards; 6/6 nodes usable; shard 5461-10921: replica localhost:7005 is 101 bytes behind, limit 100",
        Shard(0), Shard(1, replica: Node(7005, lag: 101)), Shard(2));

    [Fact]
    public void AReplicaThatItsPrimaryDoesNotSeeDegrades() => Expect(
        HealthStatus.Degraded,
        "16384/16384 slots served by 3 shards; 6/6 nodes usable; shard 5461-10921: replica localhost:7005 is not linked to its primary",
        Shard(0), Shard(1, replica: Node(7005, lag: null)), Shard(2));

    [Fact]
    public void OneReplicaInStepIsEnough()
    {
        var shard = Shard(0);
        Expect(HealthStatus.Healthy, "16384/16384 slots served by 3 shards; 7/7 nodes usable", shard with { Replicas = [Node(7007, lag: 5000), .. shard.Replicas] }, Shard(1), Shard(2));
    }

    [Fact]
    public void APrimaryThatRefusesWritesDegrades() => Expect(
        HealthStatus.Degraded,
        "16384/16384 slots served by 3 shards; 6/6 nodes usable; localhost:7002 refuses writes: OOM",
        Shard(0), Shard(1) with { Primary = Node(7002) with { RefusesWrites = "OOM command not allowed when used memory > 'maxmemory'." } }, Shard(2));

    [Fact]
    public void AFailedPrimaryIsUnhealthyWithTheSlotsThatNobodyServes() => Expect(
        HealthStatus.Unhealthy,
        "10923/16384 slots served by 3 shards; 5/6 nodes usable; slots 0-5460 have no reachable primary; localhost:7001 is fail",
        Shard(0) with { Primary = Node(7001, health: "fail", connected: false) }, Shard(1), Shard(2));

    [Fact]
    public void APrimaryThatOnlyThisApplicationCannotReachIsUnhealthyToo() => Expect(
        HealthStatus.Unhealthy,
        "10923/16384 slots served by 3 shards; 5/6 nodes usable; slots 10922-16383 have no reachable primary; localhost:7003 is not reachable from here"
            .Replace("10923/", "10922/", StringComparison.Ordinal),
        Shard(0), Shard(1), Shard(2) with { Primary = Node(7003, connected: false) });

    [Fact]
    public void SlotsThatNobodyOwnsAreUnhealthy() => Expect(
        HealthStatus.Unhealthy,
        "10923/16384 slots served by 2 shards; 4/4 nodes usable; slots 5461-10921 have no reachable primary",
        Shard(0), Shard(2));

    // A failed primary whose slots its replica has taken over stays listed, without slots, until it comes back.
    [Fact]
    public void AReplacedPrimaryDegradesUntilItIsBack() => Expect(
        HealthStatus.Degraded,
        "16384/16384 slots served by 3 shards; 5/6 nodes usable; shard 0-5460 has no replica online; localhost:7001 is fail",
        new Shard(Thirds[0], Node(7004), []), Shard(1), Shard(2), new Shard(SlotSet.Empty, Node(7001, health: "fail", connected: false), []));

    private static readonly SlotSet[] Thirds = [SlotSet.Parse("0-5460"), SlotSet.Parse("5461-10921"), SlotSet.Parse("10922-16383")];

    private static void Expect(HealthStatus status, string text, params Shard[] shards)
    {
        var result = RedisClusterHealthCheck.Judge(new ClusterShards("localhost:7001", shards), Limit);
        Assert.Equal((text, status), (result.Description, result.Status));
    }

    private static Shard Shard(int index, ShardNode? replica = null) => new(Thirds[index], Node(7001 + index), [replica ?? Node(7004 + index, lag: 0)]);

    private static ShardNode Node(int port, string health = "online", bool connected = true, long? lag = null) => new($"localhost:{port}", $"{port}", health, connected, 1000, lag);
}
