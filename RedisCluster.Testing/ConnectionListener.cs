using System.Net;
using System.Net.Sockets;

namespace RedisCluster.Testing;

/// <summary>Accepts connections on 127.0.0.1 and gives each a connection to a node, wherever it lives at that moment, until one of the two sides is gone.</summary>
internal sealed class ConnectionListener : IAsyncDisposable
{
    private readonly RedisNode _node;
    private readonly Func<NetworkStream, NetworkStream, CancellationToken, Task> _serve;
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _closed = new();
    private readonly Task _accepting;

    /// <param name="node">Where connections lead.</param>
    /// <param name="port">Where they are accepted; 0 for a free port.</param>
    /// <param name="serve">Given the streams of the client and of the node; ends when one of them does.</param>
    public ConnectionListener(RedisNode node, int port, Func<NetworkStream, NetworkStream, CancellationToken, Task> serve)
    {
        (_node, _serve) = (node, serve);
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        await _accepting;
        _listener.Stop(); // After the last call that accepts: that would throw.
        _closed.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_closed.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient { NoDelay = true };
        using (client)
        {
            client.NoDelay = true;
            try
            {
                await server.ConnectAsync(_node.Address, _node.Port, _closed.Token);
                await _serve(client.GetStream(), server.GetStream(), _closed.Token);
            }
            catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException)
            {
                // One side is gone: closing the other is all there is to do.
            }
        }
    }
}
