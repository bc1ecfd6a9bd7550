using IntegrationTests.Servers;
using Xunit;

namespace IntegrationTests.Initializer;

/// <summary>A healthy cluster with keys, then something happens to it, then one run of the initializer, then every key is there.</summary>
public sealed class HealingTests : ClusterTest
{
    private const int KeyCount = 300;

    [Fact]
    public async Task AllAddressesPermutedAreMetAgain()
    {
        var nodes = await StartNodesBehindPublishedPortsAsync(6);
        var keys = await FormWithKeysAsync(nodes);
        await nodes.ChangeAddressesAsync(index => (index + 1) % 6);
        await HealedAsync(nodes, keys);
    }

    [Fact]
    public async Task AllAddressesNewAreMetAgain()
    {
        var nodes = await StartNodesBehindPublishedPortsAsync(6);
        var keys = await FormWithKeysAsync(nodes);
        await nodes.ChangeAddressesAsync(index => index + 10);
        await HealedAsync(nodes, keys);
    }

    [Fact]
    public async Task AWipedReplicaIsReplacedByWhatCameBackInItsPlace()
    {
        var nodes = await StartNodesAsync(6);
        var keys = await FormWithKeysAsync(nodes);
        await nodes[5].WipeAsync();
        await HealedAsync(nodes, keys);
    }

    [Fact]
    public async Task AWipedPrimaryComesBackAsReplicaOfItsReplica()
    {
        var nodes = await StartNodesAsync(6);
        var keys = await FormWithKeysAsync(nodes);
        await nodes[0].WipeAsync();
        await HealedAsync(nodes, keys);
    }

    [Fact]
    public async Task AReplicaWithoutItsNodesConfJoinsAgain()
    {
        var nodes = await StartNodesAsync(6);
        var keys = await FormWithKeysAsync(nodes);
        await nodes[4].LoseNodesConfAsync();
        await HealedAsync(nodes, keys);
    }

    [Fact]
    public async Task APrimaryWithoutItsNodesConfIsReplacedByItsReplica()
    {
        var nodes = await StartNodesAsync(6);
        var keys = await FormWithKeysAsync(nodes);
        await nodes[1].LoseNodesConfAsync();
        await HealedAsync(nodes, keys);
    }

    [Fact]
    public async Task AFailoverThatHappenedIsAccepted()
    {
        var nodes = await StartNodesAsync(6);
        var keys = await FormWithKeysAsync(nodes);
        await nodes[3].AskAsync("CLUSTER", "FAILOVER");
        await Eventually.HoldsAsync("the replica is primary", async _ => (await nodes[3].AskTextAsync("INFO", "replication")).Contains("role:master", StringComparison.Ordinal));
        await HealedAsync(nodes, keys);
        Assert.Contains("role:master", await nodes[3].AskTextAsync("INFO", "replication"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SlotsLeftOpenAreClosed()
    {
        var nodes = await StartNodesAsync(6);
        var keys = await FormWithKeysAsync(nodes);
        var first = await nodes[0].AskTextAsync("CLUSTER", "MYID");
        var second = await nodes[1].AskTextAsync("CLUSTER", "MYID");
        await nodes[1].AskAsync("CLUSTER", "SETSLOT", "100", "IMPORTING", first);
        await nodes[0].AskAsync("CLUSTER", "SETSLOT", "100", "MIGRATING", second);
        await nodes[1].AskAsync("CLUSTER", "SETSLOT", "200", "IMPORTING", first);
        await nodes[0].AskAsync("CLUSTER", "SETSLOT", "300", "MIGRATING", second);
        await HealedAsync(nodes, keys);
    }

    [Fact]
    public async Task AnUncoveredSlotGetsAnOwner()
    {
        var nodes = await StartNodesAsync(6);
        var keys = await FormWithKeysAsync(nodes);
        await nodes[2].AskAsync("CLUSTER", "DELSLOTS", "16000");
        await HealedAsync(nodes, keys);
    }

    [Fact]
    public async Task ASlotWithKeysThatNobodyOwnsGoesBackToThem()
    {
        var nodes = await StartNodesAsync(6);
        var keys = await FormWithKeysAsync(nodes);
        await nodes[0].AskAsync("CLUSTER", "DELSLOTSRANGE", "0", "2000");
        await HealedAsync(nodes, keys);
    }

    [Fact]
    public async Task AnEmptiedNodesConfIsALostOne()
    {
        var nodes = await StartNodesAsync(6);
        var keys = await FormWithKeysAsync(nodes);
        await nodes[0].DamageNodesConfAsync(_ => "");
        await HealedAsync(nodes, keys);
    }

    [Fact]
    public async Task ANodesConfWithoutTheOtherNodesIsCompleted()
    {
        var nodes = await StartNodesAsync(6);
        var keys = await FormWithKeysAsync(nodes);
        await nodes[1].DamageNodesConfAsync(text => string.Join('\n', text.Split('\n').Where(line => line.Contains("myself", StringComparison.Ordinal) || line.StartsWith("vars", StringComparison.Ordinal))) + "\n");
        await HealedAsync(nodes, keys);
    }

    [Fact]
    public async Task AReplicaThatMayNotFailOverTakesOverWhenItIsTheOnlyCopy()
    {
        var nodes = await StartNodesAsync(6);
        var keys = await FormWithKeysAsync(nodes);
        await nodes[4].AskAsync("CONFIG", "SET", "cluster-replica-no-failover", "yes");
        await nodes[1].WipeAsync();
        await HealedAsync(nodes, keys);
    }

    [Fact]
    public async Task APrimaryAndAReplicaOfAnotherShardAreWipedAtOnce()
    {
        var nodes = await StartNodesAsync(6);
        var keys = await FormWithKeysAsync(nodes);
        await Task.WhenAll(nodes[0].WipeAsync(), nodes[5].WipeAsync());
        await HealedAsync(nodes, keys);
    }

    [Fact]
    public async Task KeysOnANodeOfNoClusterAreRefusedAndNothingChanges()
    {
        var nodes = await StartNodesAsync(6);
        await nodes[3].AskAsync("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
        await Eventually.HoldsAsync("the node alone serves", async _ => (await nodes[3].AskTextAsync("CLUSTER", "INFO")).Contains("cluster_state:ok", StringComparison.Ordinal));
        await nodes[3].AskAsync("SET", "a", "b");
        await RefusedAsync(nodes, nodes.EndPoints, "expected no keys on a node that belongs to no cluster, found 1 keys");
    }

    [Fact]
    public async Task ANodeOfAnotherClusterIsRefusedAndNothingChanges()
    {
        var nodes = await StartNodesAsync(6);
        await FormWithKeysAsync(nodes);
        var others = await StartNodesAsync(3);
        await Reconciliation.BecomesReadyAsync(others, replicas: 0);
        await RefusedAsync(nodes, [.. nodes.EndPoints.Take(5), others[0].EndPoint], "expected a cluster of the listed nodes only, found live node");
    }

    private static async Task RefusedAsync(RedisNodes nodes, IEnumerable<string> listed, string reason)
    {
        var before = await IdentitiesAsync(nodes);
        var outcome = await Reconciliation.RunAsync(listed);
        var refused = Assert.IsType<ClusterInitializer.Execution.Outcome.Refused>(outcome);
        Assert.Contains(reason, refused.Refusal.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, refused.ActionsBefore);
        Assert.Equal(before, await IdentitiesAsync(nodes));
    }

    // Whom each node knows, as what, and with which slots; its keys and its settings. Times and links come and go.
    private static async Task<string> IdentitiesAsync(RedisNodes nodes)
    {
        var observation = await Reconciliation.ObserveAsync(nodes);
        return string.Join('\n', observation.Nodes.Select(node => $"{node.Announced} {node.KeyCount} {node.NodeTimeout}: "
            + string.Join("; ", node.View.Entries.Select(entry => $"{entry.Id} {entry.PrimaryId} {entry.ConfigEpoch} {entry.Slots}"))));
    }

    private static async Task<StoredKeys> FormWithKeysAsync(RedisNodes nodes)
    {
        await Reconciliation.BecomesReadyAsync(nodes);
        await using var connection = await nodes.ConnectAsync();
        var keys = await StoredKeys.WriteAsync(connection.GetDatabase(), KeyCount);
        await Eventually.HoldsAsync("the replicas have every key", async cancellationToken =>
        {
            var acknowledged = await Task.WhenAll(nodes.All.Take(3).Select(node => node.AskAsync("WAIT", "1", "100").WaitAsync(cancellationToken)));
            return acknowledged.All(replicas => replicas is >= 1L);
        });
        return keys;
    }

    private static async Task HealedAsync(RedisNodes nodes, StoredKeys keys)
    {
        await Reconciliation.BecomesReadyAsync(nodes);
        foreach (var node in nodes.All)
        {
            await RedisCli.AssertClusterIsGoodAsync(node);
        }

        await using var connection = await nodes.ConnectAsync();
        await keys.AssertAllAreThereAsync(connection.GetDatabase());
    }
}
