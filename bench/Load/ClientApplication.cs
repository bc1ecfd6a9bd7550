using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RedisCluster.Client;
using StackExchange.Redis;
using Support;

namespace Bench.Load;

/// <summary>An application that uses RedisCluster.Client with its defaults.</summary>
internal sealed class ClientApplication : IAsyncDisposable
{
    private readonly IHost _host;

    private ClientApplication(IHost host) => _host = host;

    public RedisClusterClientSettings Settings => _host.Services.GetRequiredService<IOptions<RedisClusterClientSettings>>().Value;

    public IConnectionMultiplexer Connection => _host.Services.GetRequiredService<IConnectionMultiplexer>();

    /// <summary>Repeats what is safe to repeat.</summary>
    public IDatabaseAsync Retrying => _host.Services.GetRequiredService<IDatabaseAsync>();

    /// <summary>Each command once.</summary>
    public IDatabase Once => _host.Services.GetRequiredService<IDatabase>();

    public static string ConnectionString(RedisNodes nodes) => $"{string.Join(',', nodes.EndPoints)},password={RedisNodes.Password},abortConnect=false";

    public static async Task<ClientApplication> StartAsync(RedisNodes nodes, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:redis", ConnectionString(nodes))]);
        builder.AddRedisClusterClient("redis");
        var host = builder.Build();
        await host.StartAsync(cancellationToken);
        return new ClientApplication(host);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
