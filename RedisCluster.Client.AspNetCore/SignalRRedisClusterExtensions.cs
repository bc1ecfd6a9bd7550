using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.StackExchangeRedis;
using RedisCluster.Client.AspNetCore;
using StackExchange.Redis;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>SignalR over the cluster.</summary>
public static class SignalRRedisClusterExtensions
{
    /// <summary>
    /// Sends messages of one instance's hubs to the clients of all, by plain pub/sub on the connection of <c>AddRedisClusterClient</c>. Every node passes every message on to every other:
    /// for few and small messages.
    /// </summary>
    /// <param name="signalR">What <c>AddSignalR</c> returns.</param>
    /// <param name="serviceKey">Of a client that was added with <c>AddKeyedRedisClusterClient</c>.</param>
    /// <param name="configure">Changes the options.</param>
    public static ISignalRServerBuilder AddRedisCluster(this ISignalRServerBuilder signalR, string? serviceKey = null, Action<RedisOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(signalR);
        signalR.AddStackExchangeRedis();
        signalR.Services.AddOptions<RedisOptions>().Configure<IServiceProvider>((options, provider) =>
        {
            // Made before SignalR, the connection ends after it.
            var connection = LeftOpen.Of(provider.GetRequiredKeyedService<IConnectionMultiplexer>(serviceKey));
            options.ConnectionFactory = _ => Task.FromResult(connection);
            configure?.Invoke(options);
        });
        return signalR;
    }
}
