using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.StackExchangeRedis;
using Microsoft.AspNetCore.OutputCaching.StackExchangeRedis;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using StackExchange.Redis;

namespace SampleApi.Patterns;

/// <summary>What ASP.NET Core keeps in memory by default and several instances must share, on the application's one connection to the cluster.</summary>
internal static class SharedState
{
    internal const string Prefix = "sample-api:";

    internal static void AddSharedState(this IServiceCollection services)
    {
        services.AddSingleton<ApiInstance>();

        // IDistributedCache: sessions, and the second level of HybridCache.
        services.AddStackExchangeRedisCache(cache => cache.InstanceName = Prefix);
        services.AddOptions<RedisCacheOptions>().Configure<IServiceProvider>((cache, provider) => cache.ConnectionMultiplexerFactory = () => LaterAsync(provider));

        services.AddStackExchangeRedisOutputCache(cache => cache.InstanceName = Prefix);
        services.AddOptions<RedisOutputCacheOptions>().Configure<IServiceProvider>((cache, provider) => cache.ConnectionMultiplexerFactory = () => LaterAsync(provider));

        // Without shared keys a cookie of one instance is noise to another, and to the same one after a restart elsewhere.
        services.AddDataProtection().SetApplicationName("sample-api");
        services.AddOptions<KeyManagementOptions>().Configure<IServiceProvider>((keys, provider) => keys.XmlRepository = new RedisXmlRepository(() => provider.GetRequiredService<IConnectionMultiplexer>().GetDatabase(), $"{Prefix}data-protection-keys"));
    }

    // HybridCache reads from this cache in its constructor, and the cache asks the container for HybridCache when it has its connection: on the same thread, the container
    // would make a second HybridCache inside the first, and what is removed by tag in one would be served by the other.
    // None of them asks for the connection before somebody uses it: they are made while the server does not listen yet.
    private static async Task<IConnectionMultiplexer> LaterAsync(IServiceProvider services)
    {
        await Task.Yield();
        return services.GetRequiredService<IConnectionMultiplexer>();
    }
}
