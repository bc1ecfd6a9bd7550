using RedisCluster.Execution;
using RedisCluster.Planning;
using StackExchange.Redis;
using Support;
using Xunit;

namespace IntegrationTests.Initializer;

/// <summary>
/// A primary is killed, its replica takes over, and the application goes on. Then all nodes come back, the old primary too, where they do not find one another, as
/// containers do at their next start: whatever was acknowledged after the failover is there, and what was deleted is not.
/// </summary>
public sealed class FailoverWhileAwayTests : ClusterTest
{
    private const int KeyCount = 300;
    private const int KeyCountAfter = 600;

    /// <summary>Written before the first failover and deleted after it.</summary>
    private static readonly RedisKey[] DoomedKeys = [.. Enumerable.Range(0, 100).Select(number => (RedisKey)$"doomed:{number}")];

    [Fact]
    public async Task TheOldPrimaryBecomesAReplicaOfTheElectedOne()
    {
        var nodes = await FormAsync();
        var keys = await ReplaceAsync(nodes, nodes[0], elected: true);
        await nodes.ChangeAddressesAsync(index => index + 10);
        await HealsAsync(nodes, keys);
        Assert.Contains("role:master", await nodes[3].AskTextAsync("INFO", "replication"), StringComparison.Ordinal);
        Assert.Equal(nodes[0].Port, Assert.Single(await Reconciliation.ReplicasOfAsync(nodes, nodes[3])).Port);
    }

    [Fact]
    public async Task SeveralFailoversOfSeveralShardsAndPermutedAddresses()
    {
        var nodes = await FormAsync();
        await ReplaceAsync(nodes, nodes[0]);
        await nodes[0].StartAsync(nodes[0].Address);
        await Eventually.HoldsAsync("the old primary has copied the new one", async _ =>
            (await Reconciliation.ObserveAsync(nodes)).Nodes[0] is { IsReplica: true, Replication.LinkUp: true });
        await ReplaceAsync(nodes, nodes[1]);
        var keys = await ReplaceAsync(nodes, nodes[3]);
        await nodes.ChangeAddressesAsync(index => (index + 1) % 6);
        await HealsAsync(nodes, keys);
    }

    [Fact]
    public async Task TheOldPrimaryHasMoreKeys()
    {
        var nodes = await FormAsync();
        await ReplaceAsync(nodes, nodes[0]);
        await nodes[3].AskAsync("FLUSHALL");
        await nodes[3].AskAsync("SET", "key:248", "value of 248"); // Slot 91.
        await Reconciliation.AllIsWrittenAsync(nodes);
        await nodes.ChangeAddressesAsync(index => index + 10);
        await Reconciliation.BecomesReadyAsync(nodes);
        await Task.WhenAll(nodes.All.Select(RedisCli.AssertClusterIsGoodAsync));
        Assert.Equal([1L, 1L], (await Reconciliation.ObserveAsync(nodes)).Nodes.Where((_, index) => index is 0 or 3).Select(node => node.KeyCount));
    }

    [Fact]
    public async Task TheOldPrimaryComesBackLastWhileAFourthShardIsWanted()
    {
        var nodes = await FormAsync(8);
        var keys = await ReplaceAsync(nodes, nodes[0]);
        await nodes.ChangeAddressesAsync(index => index + 10);
        await nodes[0].KillAsync();
        var run = Reconciliation.RunAsync(nodes.EndPoints, shards: 4, replicas: 1);
        await nodes[0].StartAsync(nodes[0].Address);
        Assert.IsType<Outcome.Ready>(await run);
        await HealsAsync(nodes, keys, shards: 4);
    }

    [Fact]
    public async Task SlotsWentOnToAnotherShardAndAReplicaWasWiped()
    {
        var nodes = await FormAsync();
        await ReplaceAsync(nodes, nodes[0]);
        var observation = await Reconciliation.ObserveAsync(nodes);
        var source = observation.Nodes.Single(node => node.Announced.Port == nodes[3].Port);
        var target = observation.Nodes.Single(node => node.Announced.Port == nodes[1].Port);
        await Reconciliation.MoveAsync(SlotMoves.Move(observation, source, target, source.Slots.Lowest(100)));
        var keys = await WriteAsync(nodes, KeyCountAfter, (database, key) => database.KeyDeleteAsync(key));
        await nodes[5].WipeAsync();
        await nodes.ChangeAddressesAsync(index => index + 10);
        await HealsAsync(nodes, keys);
    }

    [Fact]
    public async Task RunsThatEndWhileTheNodesMeetAreCompleted()
    {
        var nodes = await FormAsync();
        var (old, current) = (nodes[0], nodes[3]);
        foreach (var change in (int[])[1, 8, 20])
        {
            var keys = await ReplaceAsync(nodes, old);
            Assert.Contains("role:master", await current.AskTextAsync("INFO", "replication"), StringComparison.Ordinal);
            await nodes.ChangeAddressesAsync(index => index + (10 * change));
            Assert.NotNull(await InterruptedRun.EndAfterAsync(nodes, change, shards: 3, replicas: 1));
            await HealsAsync(nodes, keys);
            (old, current) = (current, old);
        }
    }

    [Fact]
    public async Task AnOldPrimaryThatTheOthersHaveForgottenIsRefused()
    {
        var nodes = await FormAsync();
        var id = await nodes[0].AskTextAsync("CLUSTER", "MYID");
        await ReplaceAsync(nodes, nodes[0]);
        await Task.WhenAll(nodes.All.Where(node => node.IsRunning).Select(node => node.AskAsync("CLUSTER", "FORGET", id)));
        await nodes.ChangeAddressesAsync(index => index + 10);
        await Reconciliation.IsRefusedAsync(nodes, nodes.EndPoints, "claims it too, and both hold keys in it");
    }

    private async Task<RedisNodes> FormAsync(int count = 6)
    {
        var nodes = await StartNodesBehindPublishedPortsAsync(count);
        Assert.IsType<Outcome.Ready>(await Reconciliation.RunAsync(nodes.EndPoints.Take(6)));
        await WriteAsync(nodes, KeyCount, (database, key) => database.StringSetAsync(key, "soon deleted"));
        return nodes;
    }

    /// <summary>Kills the primary and has its replica take over; more keys are written, others deleted.</summary>
    private static async Task<StoredKeys> ReplaceAsync(RedisNodes nodes, RedisNode primary, bool elected = false)
    {
        var replica = (await Reconciliation.ReplicasOfAsync(nodes, primary))[0];
        await primary.KillAsync();
        if (!elected)
        {
            await replica.AskAsync("CLUSTER", "FAILOVER", "TAKEOVER");
        }

        await Eventually.HoldsAsync($"all know {replica.EndPoint} as primary, and serve", async _ =>
        {
            var running = (await Reconciliation.ObserveAsync(nodes)).Nodes.Where(node => node.View.Peers.Any()).ToArray();
            var id = running.Single(node => node.Announced.Port == replica.Port).Id;
            return running.All(node => node.ClusterStateOk && node.View.Find(id) is { IsPrimary: true, Slots.IsEmpty: false });
        });
        return await WriteAsync(nodes, KeyCountAfter, (database, key) => database.KeyDeleteAsync(key));
    }

    private static async Task<StoredKeys> WriteAsync(RedisNodes nodes, int count, Func<IDatabase, RedisKey, Task> changeDoomedAsync)
    {
        await using var connection = await nodes.ConnectAsync(6);
        await Task.WhenAll(DoomedKeys.Select(key => changeDoomedAsync(connection.GetDatabase(), key)));
        var keys = await StoredKeys.WriteAsync(connection.GetDatabase(), count);
        await Reconciliation.AllIsWrittenAsync(nodes);
        return keys;
    }

    private static async Task HealsAsync(RedisNodes nodes, StoredKeys keys, int shards = 3)
    {
        await Reconciliation.HealsAsync(nodes, keys, shards);
        await using var connection = await nodes.ConnectAsync();
        Assert.DoesNotContain(true, await Task.WhenAll(DoomedKeys.Select(key => connection.GetDatabase().KeyExistsAsync(key))));
    }
}
