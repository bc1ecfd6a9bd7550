using System.Net;
using System.Net.Sockets;

namespace RedisCluster.Testing;

/// <summary>
/// Stands before a port of a node. Who calls is known by the address that the call comes from, and the node sees the same address: nodes learn where others are from that.
/// </summary>
internal sealed class GuardedPort : IAsyncDisposable
{
    private readonly Func<IPEndPoint> _target;
    private readonly Func<IPAddress, IPAddress, bool> _mayPass;
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _closed = new();
    private readonly List<(IPAddress From, IPAddress To, CancellationTokenSource End)> _open = [];
    private readonly Lock _gate = new();
    private readonly Task _accepting;

    /// <param name="port">Where it listens, at all addresses of the machine.</param>
    /// <param name="target">Where the node listens now.</param>
    /// <param name="mayPass">Whether a caller at the first address reaches the node at the second, which it has dialled, now.</param>
    public GuardedPort(int port, Func<IPEndPoint> target, Func<IPAddress, IPAddress, bool> mayPass)
    {
        (_target, _mayPass, Port) = (target, mayPass, port);
        _listener = new TcpListener(IPAddress.Any, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Ends the connections that may not pass any more.</summary>
    public void EndForbidden()
    {
        lock (_gate)
        {
            foreach (var (_, _, end) in _open.Where(open => !_mayPass(open.From, open.To)))
            {
                end.Cancel();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        await _accepting;
        _listener.Stop();
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
        using var _ = caller;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_closed.Token);
        (IPAddress From, IPAddress To, CancellationTokenSource) open =
            (((IPEndPoint)caller.Client.RemoteEndPoint!).Address, ((IPEndPoint)caller.Client.LocalEndPoint!).Address, end);
        lock (_gate)
        {
            _open.Add(open);
        }

        try
        {
            if (_mayPass(open.From, open.To))
            {
                using var node = new TcpClient(new IPEndPoint(open.From, 0)) { NoDelay = true };
                caller.NoDelay = true;
                await node.ConnectAsync(_target(), end.Token);
                await Task.WhenAny(caller.GetStream().CopyToAsync(node.GetStream(), end.Token), node.GetStream().CopyToAsync(caller.GetStream(), end.Token));
            }
        }
        catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException)
        {
            // One side is gone: closing the other is all there is to do.
        }
        finally
        {
            lock (_gate)
            {
                _open.Remove(open);
            }
        }
    }
}
