using System.Net.Http.Json;
using IntegrationTests.Client;
using SampleApi.Cluster;
using Support;
using Xunit;

namespace IntegrationTests.SampleApi;

public sealed class ClusterEndpointTests(SharedCluster cluster) : ClusterTest
{
    [Fact]
    public async Task EachShardHasItsSlotsItsPrimaryAndItsReplica()
    {
        var nodes = await cluster.NodesAsync();
        await using var api = ApiUnderTest.Start(nodes);
        await Eventually.HoldsAsync("every replica is linked", async token => (await ReadAsync(api, token)).Shards.All(shard => shard.Replicas.All(replica => replica is { LagBytes: >= 0, IsConnected: true })));

        var report = await ReadAsync(api, CancellationToken);
        Assert.Equal(16384, report.ServedSlots);
        Assert.Equal([(0, 5460), (5461, 10922), (10923, 16383)], report.Shards.Select(shard => (Assert.Single(shard.Slots).First, shard.Slots[0].Last)));
        Assert.Equal([nodes[0].EndPoint, nodes[1].EndPoint, nodes[2].EndPoint], report.Shards.Select(shard => shard.Primary!.Address));
        Assert.Equal([nodes[3].EndPoint, nodes[4].EndPoint, nodes[5].EndPoint], report.Shards.Select(shard => Assert.Single(shard.Replicas).Address));
        Assert.All(report.Shards, shard => Assert.All(shard.Replicas.Prepend(shard.Primary!), node => Assert.True(node is { Health: "online", IsConnected: true })));
    }

    [Fact]
    public async Task HealthCounts()
    {
        await using var api = ApiUnderTest.Start(await cluster.NodesAsync());
        await Eventually.HoldsAsync("the API is healthy", async token => (await api.Client.GetStringAsync("/health", token)).Contains("16384/16384 slots served by 3 shards; 6/6 nodes usable", StringComparison.Ordinal));
        Assert.Equal("""{"status":"Healthy","checks":{"self":{"status":"Healthy"}}}""", await api.Client.GetStringAsync("/alive", CancellationToken));
    }

    private static async Task<ClusterReport> ReadAsync(ApiUnderTest api, CancellationToken cancellationToken) =>
        (await api.Client.GetFromJsonAsync<ClusterReport>("/cluster", cancellationToken))!;
}
