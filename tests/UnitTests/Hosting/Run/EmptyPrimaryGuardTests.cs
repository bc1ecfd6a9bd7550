using Aspire.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using RedisCluster.Hosting.Run;
using Xunit;

namespace UnitTests.Hosting.Run;

/// <summary>How the replica of an emptied primary is promoted; that its keys survive is shown on real nodes.</summary>
public sealed class EmptyPrimaryGuardTests : IAsyncLifetime
{
    private readonly TestCluster _cluster = TestCluster.Start();

    public async ValueTask InitializeAsync()
    {
        foreach (var fake in _cluster.Fakes)
        {
            var answer = fake.Answer;
            fake.Answer = command => command == "ROLE" ? "*1\r\n$6\r\nmaster\r\n" : answer(command);
        }

        await _cluster.Watch.ObserveAsync(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task OtherPrimariesVoteWhileTheyAreAMajority()
    {
        await PassAsync(gone: [1]);

        Assert.Equal(["4: CLUSTER FAILOVER FORCE"], Orders());
    }

    [Fact]
    public async Task NobodyIsAskedWhenMostPrimariesAreGone()
    {
        await PassAsync(gone: [1, 2]);

        Assert.Equal(["4: CLUSTER FAILOVER TAKEOVER"], Orders());
    }

    [Fact]
    public async Task ReplicaThatHasCopiedMostIsTaken()
    {
        Change(5, "CLUSTER NODES", text => text.Replace($"myself,slave {new string('b', 40)}", $"myself,slave {new string('a', 40)}", StringComparison.Ordinal));
        Change(5, "INFO replication", text => text.Replace("offset:7", "offset:9", StringComparison.Ordinal));

        await PassAsync(gone: [1]);

        Assert.Equal(["5: CLUSTER FAILOVER FORCE"], Orders());
    }

    [Fact]
    public async Task NodeWithoutReplicaIsNotHeldUp()
    {
        Change(4, "CLUSTER NODES", text => text.Replace($"myself,slave {new string('a', 40)}", $"myself,slave {new string('b', 40)}", StringComparison.Ordinal));
        await _cluster.Watch.ObserveAsync(TestContext.Current.CancellationToken);

        await PassAsync(gone: [1]);

        Assert.Empty(Orders());
    }

    // It can have become a primary after the watch last reached it.
    [Fact]
    public async Task RoleThatOnlyTheOthersKnowCounts()
    {
        await using var unseen = new ClusterWatch(_cluster.Resource);
        foreach (var node in _cluster.Resource.Nodes)
        {
            unseen.SetRunning(node, isRunning: node.Number > 1);
        }

        await EmptyPrimaryGuard.PassAsync(_cluster.Resource.Nodes[0], unseen, isEmpty: true, NullLogger.Instance, TestContext.Current.CancellationToken);

        Assert.Equal(["4: CLUSTER FAILOVER FORCE"], Orders());
    }

    [Fact]
    public async Task ReplicaThatRefusesKeepsTheNodeFromStarting()
    {
        Change(4, "CLUSTER FAILOVER FORCE", _ => "-ERR not now\r\n");

        var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(() => PassAsync(gone: [1]));

        Assert.Equal(
            $"redis-node-1 is not started: it has lost its data, and redis-node-4, which has a copy, was not promoted: 127.0.0.1:{_cluster.Fakes[3].Port} refused CLUSTER FAILOVER FORCE: ERR not now. Use \"Fail over to this node\" of redis-node-4, or start the other nodes first.",
            refusal.Message);
    }

    private Task PassAsync(int[] gone)
    {
        foreach (var number in gone)
        {
            _cluster.Watch.SetRunning(_cluster.Resource.Nodes[number - 1], isRunning: false);
        }

        return EmptyPrimaryGuard.PassAsync(_cluster.Resource.Nodes[0], _cluster.Watch, isEmpty: true, NullLogger.Instance, TestContext.Current.CancellationToken);
    }

    private void Change(int number, string command, Func<string, string> change)
    {
        var answer = _cluster.Fakes[number - 1].Answer;
        _cluster.Fakes[number - 1].Answer = asked => asked == command ? change(answer(asked)!) : answer(asked);
    }

    private IEnumerable<string> Orders() =>
        _cluster.Fakes.SelectMany((fake, index) => fake.Commands.Where(command => command.Contains("FAILOVER", StringComparison.Ordinal)).Select(command => $"{index + 1}: {command}"));
}
