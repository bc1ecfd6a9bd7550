using IntegrationTests.Client;
using Support;
using Xunit;

namespace IntegrationTests.SampleApi.Map;

public sealed class MapMembersTests : ClusterTest
{
    // Nothing breaks and nothing is redirected when a replica joins: nobody but this API would make the driver look for it.
    [Fact]
    public async Task AReplicaThatJoinsLaterIsReachedAndHasFigures()
    {
        var nodes = await StartClusterAsync();
        await using var api = ApiUnderTest.Start(nodes);
        using var stream = await MapStream.OpenAsync(api.Client);
        await stream.HoldsAsync("all nodes are online", map => map.State == "whole");

        var joined = (await nodes.AddAsync(1))[0];
        await joined.AskAsync("CLUSTER", "MEET", nodes[0].Address, $"{nodes[0].Port}");
        await FormedCluster.ReplicateAsync(joined, nodes[0]);

        await stream.HoldsAsync("the replica is online under its announced address", map => map.State == "whole" && map.Shards[0].Nodes.Any(node => node is { Role: "replica", Health: "online" } && node.Address == joined.EndPoint));
        var id = stream.Cluster!.Shards[0].Nodes.Single(node => node.Address == joined.EndPoint).Id;
        Assert.InRange((await stream.FiguresAsync(figures => figures.GetValueOrDefault(id) is { LagBytes: not null }))[id].MemoryBytes, 1_000_000, 100_000_000);
    }
}
