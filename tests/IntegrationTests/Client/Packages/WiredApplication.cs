using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace IntegrationTests.Client.Packages;

/// <summary>One instance of a web application that gives the cluster to every package that can use one; docs/client.md quotes the wiring.</summary>
internal sealed class WiredApplication : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _rendered;

    private WiredApplication(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    /// <summary>How often a page was made, not taken from the output cache.</summary>
    public int Rendered => Volatile.Read(ref _rendered);

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public static async Task<WiredApplication> StartAsync(RedisNodes nodes, CancellationToken cancellationToken, string? lastWords = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:redis", FormedCluster.ConnectionString(nodes))]);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        builder.AddRedisClusterClient("redis")
            .WithDistributedCache(cache => cache.InstanceName = "shop:")
            .WithHybridCache(cache => cache.DefaultEntryOptions = new() { Expiration = TimeSpan.FromMinutes(5) })
            .WithOutputCache(cache => cache.InstanceName = "shop:")
            .WithDataProtection("shop:data-protection-keys", keys => keys.SetApplicationName("shop"));
        builder.Services.AddSignalR().AddRedisCluster();
        builder.Services.AddSingleton(made => new LastWords(made.GetRequiredService<IDatabase>(), lastWords));

        var app = new WiredApplication(builder.Build());
        app.Get<LastWords>(); // Made before the packages, it ends after them.
        app.MapRoutes();
        await app._app.StartAsync(cancellationToken);
        return app;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private void MapRoutes()
    {
        _app.UseRouting();
        _app.UseOutputCache();
        _app.MapGet("/pages/{number}", (string number) => $"{number}, made {Interlocked.Increment(ref _rendered)}")
            // A page is kept for each host and port that it was asked at: two instances without a common name would not share it.
            .CacheOutput(policy => policy.SetVaryByHost(false).Tag("pages").Expire(TimeSpan.FromMinutes(5)));
        _app.MapHub<Chat>("/chat");
        _app.MapHub<News>("/news");
    }

    private sealed class LastWords(IDatabase database, string? key) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (key is not null)
            {
                await database.StringSetAsync(key, "said");
            }
        }
    }

    internal sealed class News : Hub;

    internal sealed class Chat : Hub
    {
        public Task SayAsync(string words) => Clients.All.SendAsync("said", words);
    }
}
