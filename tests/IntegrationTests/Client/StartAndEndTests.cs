using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;
using Support;
using Xunit;

namespace IntegrationTests.Client;

public sealed class StartAndEndTests : ClusterTest
{
    [Fact]
    public async Task AnApplicationStartsBeforeItsClusterAndUsesItAsSoonAsItIsThere()
    {
        var nodes = await StartNodesAsync(6);
        await Task.WhenAll(nodes.All.Select(node => node.KillAsync()));
        var watch = Stopwatch.StartNew();
        await using var host = await ClientHost.StartAsync(FormedCluster.ConnectionString(nodes), cancellationToken: CancellationToken);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2)); // a first connect that fails takes longer, and is not waited for
        await Assert.ThrowsAnyAsync<RedisException>(() => host.Get<IDatabaseAsync>().StringSetAsync("key", "too early"));

        await Task.WhenAll(nodes.All.Select(node => node.StartAsync()));
        await FormedCluster.FormAsync(nodes);
        await Eventually.HoldsAsync("a write succeeds", _ => WritesAsync(host), TimeSpan.FromSeconds(10));
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => host.Get<IDatabaseAsync>().StringSetAsync($"key:{i}", i)));
    }

    // Services end in the opposite order of their making; the connection is made for the first one that asks, so it outlives that one.
    [Fact]
    public async Task AServiceThatWasMadeBeforeTheStartCanUseTheConnectionWhileItEnds()
    {
        var nodes = await StartClusterAsync();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:redis", FormedCluster.ConnectionString(nodes))]);
        builder.AddRedisClusterClient("redis");
        builder.Services.AddSingleton<LastWords>();
        using (var host = builder.Build())
        {
            host.Services.GetRequiredService<LastWords>();
            await host.StartAsync(CancellationToken);
            host.Services.GetRequiredService<IConnectionMultiplexer>(); // What the container hands out later, it ends sooner.
            await host.StopAsync(CancellationToken);
            await ((IAsyncDisposable)host).DisposeAsync();
        }

        await using var connection = await nodes.ConnectAsync();
        Assert.Equal("said", await connection.GetDatabase().StringGetAsync("last words"));
    }

    private static async Task<bool> WritesAsync(ClientHost host)
    {
        try
        {
            return await host.Get<IDatabaseAsync>().StringSetAsync("key", "value");
        }
        catch (RedisException)
        {
            return false;
        }
    }

    private sealed class LastWords(IDatabase database) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await database.StringSetAsync("last words", "said");
    }
}
