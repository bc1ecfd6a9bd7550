using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;
using StackExchange.Redis;
using Support;
using Xunit;

namespace IntegrationTests.Client.Packages;

/// <summary>The packages call each command once: what their callers see while a shard has no primary, and that everything works again by itself.</summary>
public sealed class PackagesInAFailoverTests : ClusterTest
{
    private static readonly HttpClient Http = new();

    [Fact]
    public async Task ThePlainCacheFailsTheOthersGoAroundTheShardAndAllWorkAgainAfterItsPromotion()
    {
        var nodes = await StartClusterAsync(nodeTimeoutMilliseconds: 1000);
        await using var app = await WiredApplication.StartAsync(nodes, CancellationToken);
        var victim = await FormedCluster.PrimaryOfAsync(nodes, nodes[0], "shop:key");
        var page = await PageOnAsync(nodes, app, victim);
        await using var client = new HubConnectionBuilder().WithUrl(new Uri(app.Address, "/chat")).Build();
        var heard = 0;
        client.On<string>("said", _ => Interlocked.Increment(ref heard));
        await client.StartAsync(CancellationToken);
        var text = app.Get<IDataProtectionProvider>().CreateProtector("test").Protect("secret");
        await app.Get<IDistributedCache>().SetStringAsync("key", "kept", CancellationToken);

        var cached = await Http.GetStringAsync(page, CancellationToken);
        Assert.Equal(cached, await Http.GetStringAsync(page, CancellationToken));

        await victim.KillAsync();
        await Assert.ThrowsAnyAsync<RedisException>(() => app.Get<IDistributedCache>().GetStringAsync("key", CancellationToken));
        Assert.Equal("from the source", await app.Get<HybridCache>().GetOrCreateAsync("key", _ => ValueTask.FromResult("from the source"), cancellationToken: CancellationToken));
        Assert.NotEqual(cached, await Http.GetStringAsync(page, CancellationToken)); // made anew
        Assert.Equal("secret", app.Get<IDataProtectionProvider>().CreateProtector("test").Unprotect(text));

        await Eventually.HoldsAsync("the cache works again", async _ => await ReadAsync(app) == "kept");
        await Eventually.HoldsAsync("the page is cached again", async token => await Http.GetStringAsync(page, token) == await Http.GetStringAsync(page, token));
        await Eventually.HoldsAsync("a message arrives again", async token =>
        {
            await client.SendAsync("SayAsync", "hello", token);
            return Volatile.Read(ref heard) > 0;
        });
    }

    private static async Task<string?> ReadAsync(WiredApplication app)
    {
        try
        {
            return await app.Get<IDistributedCache>().GetStringAsync("key", CancellationToken);
        }
        catch (RedisException)
        {
            return null;
        }
    }

    private static async Task<Uri> PageOnAsync(RedisNodes nodes, WiredApplication app, RedisNode node)
    {
        for (var number = 0; ; number++)
        {
            var page = new Uri(app.Address, $"/pages/{number}");
            await Http.GetStringAsync(page, CancellationToken);
            var keys = (await node.AskAsync("KEYS", "shop:__MSOCV_*")).Items;
            if (keys.Count > 0)
            {
                return page;
            }
        }
    }
}
