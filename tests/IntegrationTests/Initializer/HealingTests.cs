using Support;
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
        await nodes.WipeUncopiedAsync(nodes[0]);
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
    public async Task APrimaryThatComesBackEmptyIsReplacedByItsReplica()
    {
        var nodes = await StartNodesAsync(6);
        var keys = await FormWithKeysAsync(nodes);
        await nodes.LoseDataUncopiedAsync(nodes[2]);
        await HealedAsync(nodes, keys);
    }

    private static Task<StoredKeys> FormWithKeysAsync(RedisNodes nodes) => Reconciliation.FormWithKeysAsync(nodes, KeyCount);

    private static Task HealedAsync(RedisNodes nodes, StoredKeys keys) => Reconciliation.HealsAsync(nodes, keys);
}
