using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using RedisCluster.Client.Topology;
using RedisCluster.Topology;
using StackExchange.Redis;
using Support;
using Xunit;

namespace IntegrationTests.Client;

public sealed class KeyedClientTests(SharedCluster cluster) : ClusterTest
{
    [Fact]
    public async Task APlainAndAKeyedClientHaveConnectionsAndHealthOfTheirOwn()
    {
        var connectionString = FormedCluster.ConnectionString(await cluster.NodesAsync());
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:redis", connectionString), new("ConnectionStrings:sessions", connectionString)]);
        builder.AddRedisClusterClient("redis");
        builder.AddKeyedRedisClusterClient("sessions");
        using var host = builder.Build();
        await host.StartAsync(CancellationToken);

        var key = Guid.NewGuid().ToString("N");
        await host.Services.GetRequiredService<IDatabase>().StringSetAsync(key, "plain");
        Assert.Equal("plain", await host.Services.GetRequiredKeyedService<IDatabase>("sessions").StringGetAsync(key));
        await host.Services.GetRequiredKeyedService<IDatabaseAsync>("sessions").StringSetAsync(key, "keyed");
        Assert.Equal("keyed", await host.Services.GetRequiredService<IDatabaseAsync>().StringGetAsync(key));
        Assert.Equal(SlotSet.All, (await host.Services.GetRequiredKeyedService<RedisClusterTopology>("sessions").ReadAsync(CancellationToken)).ServedSlots);
        Assert.NotSame(host.Services.GetRequiredService<IConnectionMultiplexer>(), host.Services.GetRequiredKeyedService<IConnectionMultiplexer>("sessions"));

        var health = host.Services.GetRequiredService<HealthCheckService>();
        Assert.Equal(["redis-cluster", "redis-cluster_sessions"], (await health.CheckHealthAsync(CancellationToken)).Entries.Keys.Order());
        // Not at once: each client may still be connecting to the last of the nodes.
        await Eventually.HoldsAsync("both clients are healthy", async token => (await health.CheckHealthAsync(token)).Status == HealthStatus.Healthy);
        await host.StopAsync(CancellationToken);
    }
}
