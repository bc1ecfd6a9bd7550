using Support;
using Xunit;

namespace IntegrationTests.Initializer;

/// <summary>A healthy cluster with keys, then something happens to it, then one run of the initializer, then every key is there.</summary>
public sealed class HealingTests : ClusterTest
{
    private const int KeyCount = 300;

    private static readonly Dictionary<string, Func<RedisNodes, Task>> Events = new()
    {
        ["all addresses are permuted"] = nodes => nodes.ChangeAddressesAsync(index => (index + 1) % 6),
        ["all addresses are new"] = nodes => nodes.ChangeAddressesAsync(index => index + 10),
        ["a replica is wiped"] = nodes => nodes[5].WipeAsync(),
        ["a primary is wiped"] = nodes => nodes.WipeUncopiedAsync(nodes[0]),
        ["a replica loses nodes.conf"] = nodes => nodes[4].LoseNodesConfAsync(),
        ["a primary loses nodes.conf"] = nodes => nodes[1].LoseNodesConfAsync(),
        ["a primary comes back empty"] = nodes => nodes.LoseDataUncopiedAsync(nodes[2]),
        ["a slot is uncovered"] = nodes => nodes[2].AskAsync("CLUSTER", "DELSLOTS", "16000"),
        ["slots are left open"] = async nodes =>
        {
            var first = await nodes[0].AskTextAsync("CLUSTER", "MYID");
            var second = await nodes[1].AskTextAsync("CLUSTER", "MYID");
            await nodes[1].AskAsync("CLUSTER", "SETSLOT", "100", "IMPORTING", first);
            await nodes[0].AskAsync("CLUSTER", "SETSLOT", "100", "MIGRATING", second);
            await nodes[1].AskAsync("CLUSTER", "SETSLOT", "200", "IMPORTING", first);
            await nodes[0].AskAsync("CLUSTER", "SETSLOT", "300", "MIGRATING", second);
        },
    };

    public static TheoryData<string> Names => [.. Events.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task ItIsHealedWithEveryKey(string happening)
    {
        var nodes = await (happening.Contains("addresses", StringComparison.Ordinal) ? StartNodesBehindPublishedPortsAsync(6) : StartNodesAsync(6));
        var keys = await Reconciliation.FormWithKeysAsync(nodes, KeyCount);
        await Events[happening](nodes);
        await Reconciliation.HealsAsync(nodes, keys);
    }

    [Fact]
    public async Task AFailoverThatHappenedIsAccepted()
    {
        var nodes = await StartNodesAsync(6);
        var keys = await Reconciliation.FormWithKeysAsync(nodes, KeyCount);
        await nodes[3].AskAsync("CLUSTER", "FAILOVER");
        await Eventually.HoldsAsync("the replica is primary", async _ => (await nodes[3].AskTextAsync("INFO", "replication")).Contains("role:master", StringComparison.Ordinal));
        await Reconciliation.HealsAsync(nodes, keys);
        Assert.Contains("role:master", await nodes[3].AskTextAsync("INFO", "replication"), StringComparison.Ordinal);
    }
}
