using StackExchange.Redis;
using Xunit;

namespace IntegrationTests.Client;

/// <summary>What docs/client.md says of reads from replicas. When this fails the driver has learned it, and the client can offer it.</summary>
public sealed class ReplicaReadsTests(SharedCluster cluster)
{
    [Fact]
    public async Task TheDriverDoesNotKnowWhoseReplicaANodeWithAHostNameIs()
    {
        await using var host = await ClientHost.StartAsync(FormedCluster.ConnectionString(await cluster.NodesAsync()), cancellationToken: TestContext.Current.CancellationToken);
        var database = host.Get<IDatabase>();
        var failures = new List<Exception?>();
        foreach (var key in Enumerable.Range(0, 20).Select(i => (RedisKey)$"key:{i}"))
        {
            Assert.Equal(await database.IdentifyEndpointAsync(key, CommandFlags.DemandMaster), await database.IdentifyEndpointAsync(key, CommandFlags.PreferReplica));
            failures.Add(await Record.ExceptionAsync(() => database.StringGetAsync(key, CommandFlags.DemandReplica)));
        }

        // It asks any replica, and two of three are those of other shards.
        Assert.Contains(failures, failure => failure is RedisConnectionException);
    }
}
