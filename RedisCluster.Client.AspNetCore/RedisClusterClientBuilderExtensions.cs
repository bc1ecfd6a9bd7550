using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.StackExchangeRedis;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.OutputCaching.StackExchangeRedis;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using RedisCluster.Client;
using RedisCluster.Client.AspNetCore;
using StackExchange.Redis;

namespace Microsoft.Extensions.Hosting;

/// <summary>What ASP.NET Core keeps in memory by default, in the cluster instead. All verbs use the client's one connection.</summary>
public static class RedisClusterClientBuilderExtensions
{
    /// <summary><see cref="IDistributedCache"/> in the cluster: entries on all shards, each in one slot.</summary>
    /// <param name="builder">The client.</param>
    /// <param name="configure">Changes the options, such as <c>InstanceName</c>, the prefix of all keys.</param>
    public static RedisClusterClientBuilder WithDistributedCache(this RedisClusterClientBuilder builder, Action<RedisCacheOptions>? configure = null)
    {
        var services = Services(builder);
        services.AddOptions<RedisCacheOptions>().Configure<IServiceProvider>((cache, provider) =>
        {
            cache.ConnectionMultiplexerFactory = () => ConnectionAsync(builder, provider);
            configure?.Invoke(cache);
        });
        var made = MadeBy<IDistributedCache>(packages => packages.AddStackExchangeRedisCache(_ => { }));
        services.Replace(ServiceDescriptor.Singleton<IDistributedCache>(provider => new LastingCache((IBufferDistributedCache)ActivatorUtilities.CreateInstance(provider, made))));
        return builder;
    }

    /// <summary><see cref="HybridCache"/>, whose second level is <see cref="IDistributedCache"/> in the cluster, as <see cref="WithDistributedCache"/> makes it.</summary>
    /// <param name="builder">The client.</param>
    /// <param name="configure">Changes the options, such as how long entries are kept.</param>
    public static RedisClusterClientBuilder WithHybridCache(this RedisClusterClientBuilder builder, Action<HybridCacheOptions>? configure = null)
    {
        Services(builder).AddHybridCache(cache => configure?.Invoke(cache));
        return builder.WithDistributedCache();
    }

    /// <summary>The pages of the output cache in the cluster, shared by all instances and evicted by tag on all shards.</summary>
    /// <param name="builder">The client.</param>
    /// <param name="configure">Changes the options, such as <c>InstanceName</c>, the prefix of all keys.</param>
    public static RedisClusterClientBuilder WithOutputCache(this RedisClusterClientBuilder builder, Action<RedisOutputCacheOptions>? configure = null)
    {
        var services = Services(builder);
        services.AddOptions<RedisOutputCacheOptions>().Configure<IServiceProvider>((cache, provider) =>
        {
            cache.ConnectionMultiplexerFactory = () => ConnectionAsync(builder, provider);
            configure?.Invoke(cache);
        });
        var made = MadeBy<IOutputCacheStore>(packages => packages.AddStackExchangeRedisOutputCache(_ => { }));
        services.AddOutputCache();
        services.Replace(ServiceDescriptor.Singleton<IOutputCacheStore>(provider => new LastingStore((IOutputCacheBufferStore)ActivatorUtilities.CreateInstance(provider, made))));
        return builder;
    }

    /// <summary>The keys of data protection in the cluster, so that a cookie of one instance is read by the others.</summary>
    /// <param name="builder">The client.</param>
    /// <param name="key">The list that has them, in one slot.</param>
    /// <param name="configure">Changes the rest: instances share keys only with the same <c>SetApplicationName</c>.</param>
    public static RedisClusterClientBuilder WithDataProtection(this RedisClusterClientBuilder builder, string key = "DataProtection-Keys", Action<IDataProtectionBuilder>? configure = null)
    {
        var services = Services(builder);
        var protection = services.AddDataProtection();
        services.AddOptions<KeyManagementOptions>().Configure<IServiceProvider>((keys, provider) =>
            keys.XmlRepository = new RedisXmlRepository(() => provider.GetRequiredKeyedService<IConnectionMultiplexer>(builder.ServiceKey).GetDatabase(), key));
        configure?.Invoke(protection);
        return builder;
    }

    private static IServiceCollection Services(RedisClusterClientBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.HostBuilder.Services;
    }

    // HybridCache reads from the cache in its constructor, and the cache asks the container for HybridCache when it has its connection: on one thread, the container would make
    // a second HybridCache inside the first, and what is removed by tag in one would be served by the other.
    private static async Task<IConnectionMultiplexer> ConnectionAsync(RedisClusterClientBuilder builder, IServiceProvider provider)
    {
        await Task.Yield();
        return provider.GetRequiredKeyedService<IConnectionMultiplexer>(builder.ServiceKey);
    }

    // The packages keep their classes to themselves; what they register tells.
    private static Type MadeBy<TService>(Action<IServiceCollection> add)
    {
        var services = new ServiceCollection();
        add(services);
        return services.Last(service => service.ServiceType == typeof(TService)).ImplementationType!;
    }
}
