using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using IntegrationTests.Initializer;
using Microsoft.Extensions.Logging.Abstractions;
using RedisCluster.Hosting.Model;
using RedisCluster.Hosting.Run;
using Support;
using Xunit;

namespace IntegrationTests.Hosting;

/// <summary>A node whose data are gone is started again at once, as the dashboard's Start button does. Three shards with a replica each; node 1 is a primary.</summary>
public sealed class EmptyPrimaryGuardTests : ClusterTest
{
    private static readonly TimeSpan NoWait = TimeSpan.FromSeconds(1);

    private IRedisClusterNode? _first;

    [Fact]
    public async Task ReplicaIsPromotedBeforeItsEmptyPrimaryStartsAndKeepsEveryKey()
    {
        var nodes = await StartNodesAsync(6);
        var keys = await Reconciliation.FormWithKeysAsync(nodes, 1000);
        await using var watch = await WatchAsync(nodes);
        await nodes[0].KillAsync();

        await PassAsync(watch, isEmpty: true);
        await nodes[0].WipeAsync();

        await using var connection = await nodes.ConnectAsync();
        await keys.AssertAllAreThereAsync(connection.GetDatabase());
        await Reconciliation.BecomesReadyAsync(nodes);
        await keys.AssertAllAreThereAsync(connection.GetDatabase());
    }

    // The same without the guard: what it is for.
    [Fact]
    public async Task ReplicaCopiesAnEmptyPrimary()
    {
        var nodes = await StartNodesAsync(6);
        await Reconciliation.FormWithKeysAsync(nodes, 1000);
        var replica = await ReplicaAsync(nodes);
        await nodes[0].KillAsync();
        await nodes[0].WipeAsync();

        await Eventually.HoldsAsync("the replica has no key any more", async _ => (await replica.AskAsync("DBSIZE")).Number == 0);
    }

    // Two of three are down: no vote can be won.
    [Fact]
    public async Task ReplicaIsPromotedWithoutVotesWhenMostPrimariesAreDown()
    {
        var nodes = await StartNodesAsync(6);
        await Reconciliation.FormWithKeysAsync(nodes, 1000);
        var replica = await ReplicaAsync(nodes);
        var keys = (await replica.AskAsync("DBSIZE")).Number;
        await using var watch = await WatchAsync(nodes);
        await Task.WhenAll(nodes[0].KillAsync(), nodes[1].KillAsync());

        await PassAsync(watch, isEmpty: true);
        await nodes[0].WipeAsync();

        Assert.Equal("master", (await replica.AskAsync("ROLE")).Items[0].Text);
        Assert.Equal(keys, (await replica.AskAsync("DBSIZE")).Number);
    }

    [Fact]
    public async Task NodeThatKeptItsDataIsNotHeldUp()
    {
        var nodes = await StartNodesAsync(6);
        await Reconciliation.BecomesReadyAsync(nodes);
        var replica = await ReplicaAsync(nodes);
        await using var watch = await WatchAsync(nodes);
        await nodes[0].KillAsync();
        var started = Stopwatch.GetTimestamp();

        await PassAsync(watch, isEmpty: false);

        Assert.True(Stopwatch.GetElapsedTime(started) < NoWait);
        Assert.Equal("slave", (await replica.AskAsync("ROLE")).Items[0].Text);
    }

    [Fact]
    public async Task NodeWhoseReplicaHasTakenOverAlreadyIsNotHeldUp()
    {
        var nodes = await StartNodesAsync(6);
        await Reconciliation.BecomesReadyAsync(nodes);
        var replica = await ReplicaAsync(nodes);
        await using var watch = await WatchAsync(nodes);
        await nodes[0].KillAsync();
        await replica.AskAsync("CLUSTER", "FAILOVER", "TAKEOVER");
        var epoch = await EpochAsync(replica);
        var started = Stopwatch.GetTimestamp();

        await PassAsync(watch, isEmpty: true);

        Assert.True(Stopwatch.GetElapsedTime(started) < NoWait);
        Assert.Equal(epoch, await EpochAsync(replica));
    }

    [Fact]
    public async Task NodeIsNotStartedBeforeTheReplicaThatHasItsData()
    {
        var nodes = await StartNodesAsync(6);
        await Reconciliation.BecomesReadyAsync(nodes);
        var replica = await ReplicaAsync(nodes);
        await using var watch = await WatchAsync(nodes);
        await Task.WhenAll(nodes[0].KillAsync(), replica.KillAsync());

        var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(() => PassAsync(watch, isEmpty: true));

        var name = $"redis-node-{nodes.All.ToList().IndexOf(replica) + 1}";
        Assert.Equal(
            $"redis-node-1 is not started: it has lost the data of slots 0-5460, and {name}, which has a copy, does not answer and would copy the empty node later. Start {name} first, then redis-node-1.",
            refusal.Message);
    }

    private Task PassAsync(ClusterWatch watch, bool isEmpty) =>
        EmptyPrimaryGuard.PassAsync(_first!, watch, isEmpty, NullLogger.Instance, CancellationToken);

    private async Task<ClusterWatch> WatchAsync(RedisNodes nodes)
    {
        var cluster = new RedisClusterResource("redis", new RedisClusterOptions()) { PasswordParameter = new ParameterResource("password", _ => RedisNodes.Password, secret: true) };
        var watch = new ClusterWatch(cluster);
        foreach (var (index, node) in nodes.All.Index())
        {
            var resource = new RedisClusterNodeProcess(new NodeSetup(cluster, index + 1, node.Port), "/nowhere");
            cluster.Add(resource);
            watch.SetRunning(resource, isRunning: true);
        }

        _first = cluster.Nodes[0];
        await watch.ObserveAsync(CancellationToken);
        return watch;
    }

    private static async Task<RedisNode> ReplicaAsync(RedisNodes nodes)
    {
        var port = (await nodes[0].AskAsync("ROLE")).Items[2].Items[0].Items[1].Number;
        return nodes.All.Single(node => node.Port == port);
    }

    private static async Task<string> EpochAsync(RedisNode node) =>
        (await node.AskTextAsync("CLUSTER", "INFO")).Split("\r\n").Single(line => line.StartsWith("cluster_my_epoch:", StringComparison.Ordinal));
}
