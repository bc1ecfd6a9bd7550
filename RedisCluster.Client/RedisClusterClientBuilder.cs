using Microsoft.Extensions.Hosting;

namespace RedisCluster.Client;

/// <summary>A registered connection, for the verbs that build on it.</summary>
public sealed class RedisClusterClientBuilder
{
    internal RedisClusterClientBuilder(IHostApplicationBuilder hostBuilder, RedisClusterClientSettings settings, string? serviceKey) =>
        (HostBuilder, Settings, ServiceKey) = (hostBuilder, settings, serviceKey);

    /// <summary>The application.</summary>
    public IHostApplicationBuilder HostBuilder { get; }

    /// <summary>The settings of the connection, as configuration and code gave them.</summary>
    public RedisClusterClientSettings Settings { get; }

    /// <summary>The key of its services; null for a client without one.</summary>
    public string? ServiceKey { get; }
}
