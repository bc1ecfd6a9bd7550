using Microsoft.Extensions.Hosting;

namespace RedisCluster.Client;

/// <summary>Begins to connect when the host starts, and does not wait for it.</summary>
/// <remarks>Not the connection itself: a container would end that one as the last service that it made, before services that still use it.</remarks>
internal sealed class ConnectingAtStart(RedisClusterConnection connection) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = connection.Connecting;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
