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
        services.AddOptions<RedisCacheOptions>().Configure<IConnectionMultiplexer>((cache, redis) => cache.ConnectionMultiplexerFactory = () => LaterAsync(redis));

        services.AddStackExchangeRedisOutputCache(cache => cache.InstanceName = Prefix);
        services.AddOptions<RedisOutputCacheOptions>().Configure<IConnectionMultiplexer>((cache, redis) => cache.ConnectionMultiplexerFactory = () => Task.FromResult(redis));

        // Without shared keys a cookie of one instance is noise to another, and to the same one after a restart elsewhere.
        services.AddDataProtection().SetApplicationName("sample-api");
        services.AddOptions<KeyManagementOptions>().Configure<IConnectionMultiplexer>((keys, redis) => keys.XmlRepository = new RedisXmlRepository(() => redis.GetDatabase(), $"{Prefix}data-protection-keys"));
    }

    // HybridCache reads from this cache in its constructor, and the cache asks the container for HybridCache when it has its connection: on the same thread, the container
    // would make a second HybridCache inside the first, and what is removed by tag in one would be served by the other.
    private static async Task<IConnectionMultiplexer> LaterAsync(IConnectionMultiplexer redis)
    {
        await Task.Yield();
        return redis;
    }
}
