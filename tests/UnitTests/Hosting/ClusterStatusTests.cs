using Microsoft.Extensions.Diagnostics.HealthChecks;
using RedisCluster.Hosting.Run;
using Xunit;

namespace UnitTests.Hosting;

public sealed class ClusterStatusTests
{
    private const string Nodes =
        """
        aaa 127.0.0.1:7001@17001,localhost master - 0 0 1 connected 0-5460
        bbb 127.0.0.1:7002@17002,localhost master - 0 0 2 connected 5461-10922
        ccc 127.0.0.1:7003@17003,localhost master - 0 0 3 connected 10923-16383 [93-<-aaa]
        ddd 127.0.0.1:7004@17004,localhost slave aaa 0 0 1 connected
        eee 127.0.0.1:7005@17005,localhost slave bbb 0 0 2 connected
        fff 127.0.0.1:7006@17006,localhost slave ccc 0 0 3 connected
        """;

    [Fact]
    public void WholeClusterIsHealthy()
    {
        var view = View([1, 2, 3, 4, 5, 6]);

        Assert.Equal((HealthStatus.Healthy, "6/6 nodes reachable; all slots have an owner"), view.Health());
        Assert.Equal("3 shards, 3 replicas up", view.Summary);
    }

    [Fact]
    public void DeadPrimaryLeavesItsSlotsWithoutOwner()
    {
        var view = View([2, 3, 4, 5, 6]);

        Assert.Equal((HealthStatus.Unhealthy, "5/6 nodes reachable; slots 0-5460 have no owner"), view.Health());
        Assert.Equal("2 shards, 3 replicas up", view.Summary);
    }

    [Fact]
    public void DeadReplicaOnlyDegrades()
        => Assert.Equal((HealthStatus.Degraded, "5/6 nodes reachable; all slots have an owner"), View([1, 2, 3, 4, 5]).Health());

    [Fact]
    public void ReplicaWithoutLinkToItsPrimaryDegrades()
        => Assert.Equal(
            (HealthStatus.Degraded, "6/6 nodes reachable; all slots have an owner; node-5 has no link to its primary"),
            View([1, 2, 3, 4, 5, 6], outOfSync: 5).Health());

    [Fact]
    public void RoleIsWhatANodeSaysOfItself()
    {
        var view = View([2, 4]);

        Assert.Equal(new NodeRole("primary", "5461-10922", null, IsInSync: true), view.Roles[2]);
        Assert.Equal(new NodeRole("replica", "", 1, IsInSync: true), view.Roles[4]);
    }

    [Fact]
    public void OwnerOfASlotIsAReachablePrimary()
        => Assert.Equal((3, null), (View([2, 3]).OwnerOf(16383), View([2, 3]).OwnerOf(0)));

    [Theory]
    [InlineData("", "0-16383")]
    [InlineData("0-5460 5462-16383", "5461")]
    [InlineData("10-16382", "0-9 16383")]
    public void MissingSlotsAreTheGaps(string ranges, string missing)
        => Assert.Equal(
            missing,
            string.Join(' ', SlotRange.Missing(ranges.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(range => SlotRange.TryParse(range)!.Value))));

    private static ClusterStatus View(int[] reachable, int? outOfSync = null)
        => new(
            Enumerable.Range(1, 6),
            reachable.ToDictionary(number => number, number => NodeView.Parse(
                Nodes.Replace($":700{number}@1700{number},localhost ", $":700{number}@1700{number},localhost myself,", StringComparison.Ordinal),
                number == outOfSync ? "role:slave\r\nmaster_link_status:down\r\n" : "role:slave\r\nmaster_link_status:up\r\n")),
            number => $"node-{number}");
}
