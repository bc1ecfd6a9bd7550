using RedisCluster.Planning;
using RedisCluster.Topology;
using Xunit;

namespace UnitTests.Planning;

/// <summary>A primary without keys, whose replica has some and no link to it.</summary>
public sealed class EmptyPrimaries
{
    private const string Earlier = "1111111111111111111111111111111111111111";
    private const string None = "0000000000000000000000000000000000000000";

    // It lost its data: a process that has just started has a history of its own.
    [Fact]
    public void OneThatCameBackEmptyIsTakenOverByItsReplica() =>
        Assert.Equal(["localhost:7005 take over"], TakeOvers(new ReplicationHistory("2222222222222222222222222222222222222222", None), new ReplicationHistory(Earlier, None)));

    // It took over from that node a moment ago, and what it acknowledged since would be lost.
    [Fact]
    public void OneThatGoesOnFromItsReplicaKeepsItsShard() =>
        Assert.Empty(TakeOvers(new ReplicationHistory("2222222222222222222222222222222222222222", Earlier), new ReplicationHistory(Earlier, None)));

    [Fact]
    public void OneThatDoesNotSayIsTakenOverAsBefore() => Assert.Equal(["localhost:7005 take over"], TakeOvers(null, new ReplicationHistory(Earlier, None)));

    private static IEnumerable<string> TakeOvers(ReplicationHistory? ofPrimary, ReplicationHistory? ofReplica)
    {
        var cluster = Convergence.Formed();
        cluster[2].Keys = [];
        cluster[5].LinkUp = false;
        var seen = new ClusterObservation([.. cluster.Observe().Nodes.Select(node => node.Announced.Port switch
        {
            7002 => node with { History = ofPrimary },
            7005 => node with { History = ofReplica },
            _ => node,
        })]);
        return Assert.IsType<Plan>(Planner.Plan(seen, cluster.Wanted(3, 1))).Actions.OfType<FailOver>().Select(action => action.ToString());
    }
}
