using Microsoft.Extensions.Diagnostics.HealthChecks;
using RedisCluster.Client;
using RedisCluster.Client.Topology;
using RedisCluster.Wire;
using StackExchange.Redis;
using Support;
using Xunit;

namespace IntegrationTests.Client;

/// <summary>An application's user with as few rights as administrators give: what cannot be asked is unknown, and nothing is wrong for that.</summary>
public sealed class NarrowUserTests : ClusterTest
{
    private const string Application = "-@dangerous -@admin";
    private const string Unknown = "6/6 nodes answer, shards and slots are unknown: the user may not ask for them";

    [Theory]
    [InlineData(Application, "16384/16384 slots served by 3 shards; 6/6 nodes usable")]
    [InlineData("-info", "16384/16384 slots served by 3 shards; 6/6 nodes usable")]
    [InlineData(Application + " -cluster +cluster|nodes +cluster|slots", Unknown)]
    [InlineData(Application + " -cluster +cluster|nodes +cluster|slots -client -@scripting", Unknown)]
    public async Task HealthIsHealthyWithWhatIsKnownAndCallsWork(string lacks, string words)
    {
        var nodes = await StartClusterAsync();
        await using var host = await StartHostAsync(nodes, lacks);
        await HealthTests.ExpectAsync(host, HealthStatus.Healthy, words);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => host.Get<IDatabaseAsync>().StringSetAsync($"key:{i}", i)));
        Assert.Equal(7, await host.Get<IDatabaseAsync>().StringGetAsync("key:7"));
        if (words == Unknown)
        {
            Assert.Equal("NOPERM", ServerRefusal.CodeOf(await Assert.ThrowsAsync<RedisServerException>(() => host.Get<RedisClusterTopology>().ReadAsync(CancellationToken))));
        }

        await Eventually.HoldsAsync("it is said what cannot be asked", () => host.Log.Any(line => line.Contains("may not ask nodes for", StringComparison.Ordinal)), found: () => string.Join('\n', host.Log));
        await HealthTests.ExpectAsync(host, HealthStatus.Healthy, words);
        Assert.Equal(host.Log.Distinct(), host.Log);
        Assert.DoesNotContain(host.Log, line => line.Contains("refused", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Application, "slots 0-5460 have no reachable primary")]
    [InlineData(Application + " -cluster +cluster|nodes +cluster|slots", "2 of 3 primaries answer")]
    public async Task ADeadPrimaryIsUnhealthyUntilItsReplicaTookOver(string lacks, string words)
    {
        var nodes = await StartClusterAsync(nodeTimeoutMilliseconds: 3000);
        await using var host = await StartHostAsync(nodes, lacks);
        await HealthTests.ExpectAsync(host, HealthStatus.Healthy, "6/6 nodes");
        await nodes[0].KillAsync();
        await HealthTests.ExpectAsync(host, HealthStatus.Unhealthy, words);
        await HealthTests.ExpectAsync(host, HealthStatus.Degraded, nodes[0].EndPoint);
        await nodes[0].StartAsync();
        await GrantAsync(nodes[0], lacks);
        await HealthTests.ExpectAsync(host, HealthStatus.Healthy, "6/6 nodes");
    }

    // Without it the driver takes the nodes for servers of their own, and calls fail.
    [Fact]
    public async Task WithoutTheRightToReadWhereSlotsAreHealthIsUnhealthyForThat()
    {
        var nodes = await StartClusterAsync();
        await using var host = await StartHostAsync(nodes, Application + " -cluster");
        await HealthTests.ExpectAsync(host, HealthStatus.Unhealthy, $"{Unknown}; the driver finds no slots: the user needs the right to run CLUSTER NODES");
    }

    private static async Task<ClientHost> StartHostAsync(RedisNodes nodes, string lacks)
    {
        await Task.WhenAll(nodes.All.Select(node => GrantAsync(node, lacks)));
        return await ClientHost.StartAsync($"{string.Join(',', nodes.EndPoints)},user=shop,password=sells,abortConnect=false", cancellationToken: CancellationToken);
    }

    private static Task<Reply> GrantAsync(RedisNode node, string lacks) => node.AskAsync(["ACL", "SETUSER", "shop", "on", ">sells", "~*", "&*", "+@all", .. lacks.Split(' ')]);
}
