using RedisCluster.Topology;
using RedisCluster.Wire;
using Support;
using Xunit;

namespace IntegrationTests;

public sealed class HarnessTests : ClusterTest
{
    [Fact]
    public async Task NodesStartWithAnIdentityOfTheirOwnAndLoseItWhenWiped()
    {
        var nodes = await StartNodesAsync(2);
        var before = await nodes[0].AskTextAsync("CLUSTER", "MYID");
        Assert.NotEqual(before, await nodes[1].AskTextAsync("CLUSTER", "MYID"));

        await nodes[0].RestartAsync();
        Assert.Equal(before, await nodes[0].AskTextAsync("CLUSTER", "MYID"));

        await nodes[0].WipeAsync();
        Assert.NotEqual(before, await nodes[0].AskTextAsync("CLUSTER", "MYID"));
    }

    [Fact]
    public async Task APublishedPortLeadsToTheAddressThatTheNodeHasNow()
    {
        var nodes = await StartNodesBehindPublishedPortsAsync(1);
        foreach (var index in (int[])[0, 7])
        {
            await nodes.ChangeAddressesAsync(_ => index);
            await using var connection = await NodeConnection.OpenAsync(NodeAddress.Parse(nodes[0].EndPoint), user: null, RedisNodes.Password, TimeSpan.Zero, CancellationToken);
            var client = (await connection.SendAsync(["CLIENT", "INFO"], CancellationToken)).Text;
            Assert.Contains($" laddr=127.0.1.{index + 1}:{nodes[0].Port} ", client, StringComparison.Ordinal);
        }
    }
}
