using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.StackExchangeRedis;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.OutputCaching.StackExchangeRedis;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.StackExchangeRedis;
using Microsoft.Extensions.Caching.StackExchangeRedis;
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

    public static async Task<WiredApplication> StartAsync(RedisNodes nodes, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:redis", FormedCluster.ConnectionString(nodes))]);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        builder.AddRedisClusterClient("redis");
        // The caches close the connection that they were given when they end, and SignalR then could not unsubscribe: it has one of its own.
        builder.AddKeyedRedisClusterClient("signalr", settings =>
        {
            settings.ConnectionString = builder.Configuration.GetConnectionString("redis");
            settings.DisableHealthChecks = true;
        });
        AddPackages(builder.Services);

        var app = new WiredApplication(builder.Build());
        app.MapRoutes();
        await app._app.StartAsync(cancellationToken);
        return app;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static void AddPackages(IServiceCollection services)
    {
        services.AddStackExchangeRedisCache(cache => cache.InstanceName = "shop:");
        services.AddOptions<RedisCacheOptions>().Configure<IConnectionMultiplexer>((cache, redis) => cache.ConnectionMultiplexerFactory = async () =>
        {
            // The cache looks for a HybridCache when it connects, and HybridCache connects while it is constructed: on one thread that makes two of them.
            await Task.Yield();
            return redis;
        });
        services.AddHybridCache();

        services.AddOutputCache();
        services.AddStackExchangeRedisOutputCache(cache => cache.InstanceName = "shop:");
        services.AddOptions<RedisOutputCacheOptions>().Configure<IConnectionMultiplexer>((cache, redis) => cache.ConnectionMultiplexerFactory = () => Task.FromResult(redis));

        services.AddDataProtection().SetApplicationName("shop");
        services.AddOptions<KeyManagementOptions>().Configure<IConnectionMultiplexer>((keys, redis) => keys.XmlRepository = new RedisXmlRepository(() => redis.GetDatabase(), "shop:data-protection-keys"));

        services.AddSignalR().AddStackExchangeRedis();
        services.AddOptions<RedisOptions>().Configure<IServiceProvider>((signalR, provider) =>
        {
            // Resolved here, not when it connects: what is made before SignalR ends after it.
            var redis = provider.GetRequiredKeyedService<IConnectionMultiplexer>("signalr");
            signalR.ConnectionFactory = _ => Task.FromResult(redis);
        });
    }

    private void MapRoutes()
    {
        _app.UseRouting();
        _app.UseOutputCache();
        _app.MapGet("/pages/{number}", (string number) => $"{number}, made {Interlocked.Increment(ref _rendered)}")
            // A page is kept for each host and port that it was asked at: two instances without a common name would not share it.
            .CacheOutput(policy => policy.SetVaryByHost(false).Tag("pages").Expire(TimeSpan.FromMinutes(5)));
        _app.MapHub<Chat>("/chat");
    }

    internal sealed class Chat : Hub
    {
        public Task SayAsync(string words) => Clients.All.SendAsync("said", words);
    }
}
