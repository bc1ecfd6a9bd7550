using RedisCluster.Planning;
using RedisCluster.Topology;
using Xunit;

namespace UnitTests.Planning;

/// <summary>What is reported as broken names nodes by their addresses, each fault once, and says who has the slots.</summary>
public sealed class Reports
{
    [Fact]
    public void NodeThatDoesNotAnswerIsNotAlsoAForeignNode()
    {
        var cluster = Convergence.Formed(3, 1, keys: 12);
        var wanted = cluster.Wanted(3, 1);
        var found = cluster.Observe();
        var broken = Invariants.Check(new ClusterObservation([new UnreachableNode(wanted.Nodes[0], "connection refused"), .. found.Sightings.Skip(1)]), wanted);

        Assert.Equal(
            [
                "localhost:7001: expected an answer, found connection refused",
                "expected 3 shards with slots, found 2",
                "expected an owner for every slot among the listed nodes, found 0-5460 at localhost:7001, which does not answer",
            ],
            broken.Select(invariant => invariant.ToString()).Where(text => !text.Contains("as replica of", StringComparison.Ordinal)));
    }

    [Fact]
    public void SlotsOfANodeThatIsNotListedAreNotWithoutOwner()
    {
        var cluster = Convergence.Formed(3, 1, keys: 12);
        var wanted = cluster.Wanted(3, 1) with { Nodes = [.. cluster.Wanted(3, 1).Nodes.Skip(1)] };
        var broken = Invariants.Check(new ClusterObservation([.. cluster.Observe().Sightings.Skip(1)]), wanted);

        Assert.Contains(broken, invariant => invariant.Found.StartsWith("0-5460 at ", StringComparison.Ordinal) && invariant.Found.EndsWith(":7001), which is not listed", StringComparison.Ordinal));
        Assert.DoesNotContain(broken, invariant => invariant.Found.StartsWith("none", StringComparison.Ordinal));
    }
}
