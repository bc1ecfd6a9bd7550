using System.Net;
using System.Net.Sockets;

namespace RedisCluster.Testing;

/// <summary>Accepts connections and serves each, until it is disposed; what is still served then is ended.</summary>
internal sealed class Acceptor : IAsyncDisposable
{
    private readonly Func<TcpClient, CancellationToken, Task> _serve;
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _closed = new();
    private readonly Task _accepting;

    /// <param name="address">Where connections are accepted.</param>
    /// <param name="port">Where they are accepted; 0 for a free port.</param>
    /// <param name="serve">Given the caller; ends when one of the two sides is gone.</param>
    public Acceptor(IPAddress address, int port, Func<TcpClient, CancellationToken, Task> serve)
    {
        _serve = serve;
        _listener = new TcpListener(address, port);
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
                connections.RemoveAll(connection => connection.IsCompletedSuccessfully);
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient caller)
    {
        using (caller)
        {
            caller.NoDelay = true;
            try
            {
                await _serve(caller, _closed.Token);
            }
            catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException)
            {
                // One side is gone: closing the other is all there is to do.
            }
        }
    }
}
