using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RedisCluster.Hosting.Run;
using RedisCluster.Topology;
using Xunit;

namespace UnitTests.Hosting.Run;

public sealed class ClusterStatusTests
{
    private static readonly int[] Ports = [7001, 7002, 7003, 7004, 7005, 7006];
    private readonly RedisClusterResource _cluster = TestCluster.Model();

    public ClusterStatusTests()
    {
        foreach (var port in Ports)
        {
            TestCluster.AddNode(_cluster, port - 7000, port);
        }
    }

    // It owns its slots and answers everything else: who asks for a key gets CLUSTERDOWN.
    [Theory]
    [InlineData(2, HealthStatus.Unhealthy, "6/6 nodes reachable; all slots have an owner; redis-node-2 refuses all keys: for it the cluster is down")]
    [InlineData(5, HealthStatus.Healthy, "6/6 nodes reachable; all slots have an owner")]
    public void PrimaryForWhichTheClusterIsDownServesNothing(int number, HealthStatus expected, string text) =>
        Assert.Equal((expected, text), Status([.. Answers(1, 2, 3, 4, 5, 6).Select(answer => answer with { IsDown = answer.Node.Number == number })]).Health());

    [Fact]
    public void WholeClusterIsHealthy()
    {
        var status = Status(1, 2, 3, 4, 5, 6);

        Assert.Equal((HealthStatus.Healthy, "6/6 nodes reachable; all slots have an owner"), status.Health());
        Assert.Equal("3 shards, 3 replicas up", status.Summary);
    }

    [Fact]
    public void DeadPrimaryLeavesItsSlotsWithoutOwner()
    {
        var status = Status(2, 3, 4, 5, 6);

        Assert.Equal((HealthStatus.Unhealthy, "5/6 nodes reachable; slots 0-5460 have no reachable owner"), status.Health());
        Assert.Equal("2 shards, 3 replicas up", status.Summary);
    }

    [Fact]
    public void DeadReplicaOnlyDegrades() =>
        Assert.Equal((HealthStatus.Degraded, "5/6 nodes reachable; all slots have an owner"), Status(1, 2, 3, 4, 5).Health());

    [Fact]
    public void ReplicaWithoutLinkToItsPrimaryDegrades() =>
        Assert.Equal(
            (HealthStatus.Degraded, "6/6 nodes reachable; all slots have an owner; redis-node-5 has no link to its primary"),
            Status(Answers(1, 2, 3, 4, 5, 6).Select(answer => answer.Node.Number == 5 ? answer with { Replication = answer.Replication! with { LinkUp = false } } : answer)).Health());

    [Fact]
    public void NodeThatAnswersWithAProblemIsNamedWithIt() =>
        Assert.Equal(
            (HealthStatus.Unhealthy, "5/6 nodes reachable; redis-node-1 answers LOADING Redis is loading the dataset in memory; slots 0-5460 have no reachable owner"),
            Status(Answers(2, 3, 4, 5, 6).Select(answer => answer.Table is null ? answer with { Problem = "answers LOADING Redis is loading the dataset in memory" } : answer)).Health());

    // A copied data folder: two processes that believe to be the same node.
    [Fact]
    public void TwoNodesWithOneIdAreNamedWithWhatHelps()
    {
        var status = Status(Answers(1, 2, 3, 4, 5, 6).Select(answer => answer.Node.Number == 6 ? answer with { Table = TestCluster.Table(5, Ports) } : answer));

        Assert.Equal(
            (HealthStatus.Unhealthy, "6/6 nodes reachable; all slots have an owner; redis-node-5 and redis-node-6 have the same id eeeeeeee: a nodes.conf was copied; stop the node with the copy, empty its data folder, start it and run the initializer"),
            status.Health());
    }

    [Fact]
    public void NodesThatDisagreeOnOwnersAreUnhealthy() =>
        Assert.Equal(
            (HealthStatus.Unhealthy, "6/6 nodes reachable; all slots have an owner; the nodes hold 2 different views of the slot owners; redis-node-4 knows 1 of 6 nodes"),
            Status(Answers(1, 2, 3, 4, 5, 6).Select(answer => answer.Node.Number == 4 ? answer with { Table = Alone() } : answer)).Health());

    [Fact]
    public void NodeOnItsWayOutDoesNotCount()
    {
        var leaving = TestCluster.AddNode(_cluster, 7, 7007, isLeaving: true);

        Assert.Equal(
            (HealthStatus.Healthy, "6/6 nodes reachable; all slots have an owner"),
            Status([.. Answers(1, 2, 3, 4, 5, 6), new NodeAnswer(leaving, Alone())]).Health());
    }

    [Fact]
    public void RoleIsWhatANodeSaysOfItself()
    {
        var status = Status(2, 4);

        Assert.Equal(new NodeRole(IsPrimary: true, SlotSet.Parse("5461-10922"), null, IsInSync: true, 0), status.Roles[_cluster.Nodes[1]]);
        Assert.Equal(new NodeRole(IsPrimary: false, SlotSet.Empty, _cluster.Nodes[0], IsInSync: true, 7), status.Roles[_cluster.Nodes[3]]);
    }

    [Fact]
    public void OwnerOfASlotIsAReachablePrimary() =>
        Assert.Equal((_cluster.Nodes[2], null), (Status(2, 3).OwnerOf(16383), Status(2, 3).OwnerOf(0)));

    [Fact]
    public void TableShowsEachNodeWithWhatItIs()
    {
        var answers = Answers(1, 2, 4, 5).Select(answer => answer.Node.Number == 3 ? answer with { Problem = "does not answer: connection refused" } : answer);

        Assert.Equal(
            """
            4/6 nodes reachable; redis-node-3 does not answer: connection refused; slots 10923-16383 have no reachable owner

            | Node | Address | Role | Slots or primary | Keys |
            |---|---|---|---|---:|
            | redis-node-1 | localhost:7001 | primary | 0-5460 | 12 |
            | redis-node-2 | localhost:7002 | primary | 5461-10922 | 0 |
            | redis-node-3 | localhost:7003 | not reachable |  |  |
            | redis-node-4 | localhost:7004 | replica | redis-node-1 | 12 |
            | redis-node-5 | localhost:7005 | replica | redis-node-2 |  |
            | redis-node-6 | localhost:7006 | not running |  |  |

            """.ReplaceLineEndings("\n"),
            TopologyTable.Markdown(Status(answers), [12, 0, null, 12, null, null]));
    }

    [Fact]
    public void CellKeepsWhatWouldEndIt() => Assert.Equal("`a\\|b'c d`", TopologyTable.Cell("a|b`c\nd"));

    private static NodeTable Alone() => ClusterNodesReply.Parse($"{new string('0', 40)} :7007@17007 myself,master - 0 0 0 connected");

    private static ClusterStatus Status(IEnumerable<NodeAnswer> answers) => new(answers);

    private ClusterStatus Status(params int[] reachable) => new(Answers(reachable));

    private IEnumerable<NodeAnswer> Answers(params int[] reachable) =>
        _cluster.Nodes.Take(6).Select(node => reachable.Contains(node.Number)
            ? new NodeAnswer(node, TestCluster.Table(node.Number, Ports), node.Number > 3 ? new ReplicationState(new NodeAddress("127.0.0.1", 1), LinkUp: true, 7) : null)
            : new NodeAnswer(node));
}
