using RedisCluster.Wire;
using Xunit;

namespace UnitTests.Hosting.Run;

public sealed class ClusterWatchTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NodesThatAnswerMakeAWholeCluster()
    {
        await using var cluster = TestCluster.Start();

        Assert.Equal("6/6 nodes reachable; all slots have an owner", await HealthAsync(cluster));
    }

    [Theory]
    [InlineData("-LOADING Redis is loading the dataset in memory\r\n", "answers LOADING Redis is loading the dataset in memory")]
    [InlineData("-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.\r\n", "answers BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.")]
    [InlineData("$7\r\na line\n\r\n", "gives an answer that is not understood: Expected at least eight fields in the CLUSTER NODES line: a line")]
    [InlineData("$0\r\n\r\n", "gives an answer that is not understood: Expected one line flagged 'myself' in CLUSTER NODES, found 0.")]
    [InlineData(null, "does not answer: no answer within 1 s")]
    public async Task NodeWithoutATableIsReportedByItsOwnWords(string? reply, string problem)
    {
        await using var cluster = TestCluster.Start();
        var answer = cluster.Fakes[1].Answer;
        cluster.Fakes[1].Answer = command => command == "CLUSTER NODES" ? reply : answer(command);

        Assert.Equal($"5/6 nodes reachable; redis-node-2 {problem}; slots 5461-10922 have no reachable owner", await HealthAsync(cluster));
    }

    [Fact]
    public async Task NodeThatIsGoneIsNotReachable()
    {
        await using var cluster = TestCluster.Start();
        await cluster.Fakes[5].DisposeAsync();

        Assert.Equal("5/6 nodes reachable; redis-node-6 does not answer: connection refused; all slots have an owner", await HealthAsync(cluster));
    }

    [Fact]
    public async Task NodeThatDoesNotRunIsNotAskedAndKeepsItsLastRole()
    {
        await using var cluster = TestCluster.Start();
        var node = cluster.Resource.Nodes[0];
        await cluster.Watch.ObserveAsync(Token);
        cluster.Watch.SetRunning(node, isRunning: false);
        cluster.Fakes[0].Commands.Clear();

        var status = await cluster.Watch.ObserveAsync(Token);

        Assert.Empty(cluster.Fakes[0].Commands);
        Assert.False(status.Roles.ContainsKey(node));
        Assert.Equal("0-5460", cluster.Watch.LastRole(node)?.Slots.ToString());
    }

    // The connection that waits for an answer would give it to the next question.
    [Fact]
    public async Task NodeThatHungIsAskedAgainOnANewConnection()
    {
        await using var cluster = TestCluster.Start();
        var (node, fake) = (cluster.Resource.Nodes[0], cluster.Fakes[0]);
        fake.Answer = command => command.StartsWith("AUTH", StringComparison.Ordinal) ? "+OK\r\n" : null;
        var silent = await Assert.ThrowsAsync<NodeUnreachableException>(() => cluster.Watch.AskAsync(node, ["DBSIZE"], Token));
        fake.Answer = command => command == "DBSIZE" ? ":12\r\n" : "+OK\r\n";

        Assert.Equal("no answer within 1 s", silent.Reason);
        Assert.Equal(12, (await cluster.Watch.AskAsync(node, ["DBSIZE"], Token)).Number);
        Assert.Equal(["AUTH secret", "DBSIZE", "AUTH secret", "DBSIZE"], fake.Commands);
    }

    private static async Task<string> HealthAsync(TestCluster cluster) => (await cluster.Watch.ObserveAsync(Token)).Health().Text;
}
