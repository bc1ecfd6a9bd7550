using Support;
using Xunit;

namespace IntegrationTests.Initializer;

/// <summary>Forming, healing and scaling on every server that is supported.</summary>
public sealed class ServerVersionTests : ClusterTest
{
    [Theory]
    [InlineData("redis-server", "bookworm")]
    [InlineData("redis-server", "trixie")]
    [InlineData("valkey-server", "trixie")]
    [InlineData("valkey-server", "sid")]
    public async Task FormsHealsAndScales(string package, string suite)
    {
        var server = await TestServers.OfSuiteAsync(package, suite);
        var nodes = await StartNodesAsync(6, server);
        await Reconciliation.BecomesReadyAsync(nodes);
        await using (var connection = await nodes.ConnectAsync())
        {
            var keys = await StoredKeys.WriteAsync(connection.GetDatabase(), 1_000);
            await nodes.AddAsync(2);
            await Reconciliation.BecomesReadyAsync(nodes, shards: 4);
            await keys.AssertAllAreThereAsync(connection.GetDatabase());
            await RedisCli.AssertClusterIsGoodAsync(nodes[7]);

            await nodes[5].WipeAsync();
            await Reconciliation.BecomesReadyAsync(nodes, shards: 4);
            await keys.AssertAllAreThereAsync(connection.GetDatabase());
        }

        await Reconciliation.BecomesReadyAsync(nodes, shards: 3);
        await RedisCli.AssertClusterIsGoodAsync(nodes[0]);
    }
}
