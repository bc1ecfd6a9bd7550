using System.Net;
using System.Net.Sockets;

namespace RedisCluster.Testing;

/// <summary>Accepts connections on 127.0.0.1 and gives each a connection to a node, wherever it lives at that moment, until one of the two sides is gone.</summary>
internal sealed class ConnectionListener : IAsyncDisposable
{
    private readonly Acceptor _acceptor;

    /// <param name="node">Where connections lead.</param>
    /// <param name="port">Where they are accepted; 0 for a free port.</param>
    /// <param name="serve">Given the streams of the client and of the node; ends when one of them does.</param>
    public ConnectionListener(RedisNode node, int port, Func<NetworkStream, NetworkStream, CancellationToken, Task> serve) =>
        _acceptor = new Acceptor(IPAddress.Loopback, port, async (client, closed) =>
        {
            using var server = new TcpClient { NoDelay = true };
            await server.ConnectAsync(node.Address, node.Port, closed);
            await serve(client.GetStream(), server.GetStream(), closed);
        });

    public int Port => _acceptor.Port;

    public ValueTask DisposeAsync() => _acceptor.DisposeAsync();
}
