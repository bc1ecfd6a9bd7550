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
    private readonly Acceptor _acceptor;
    private readonly List<(IPAddress From, IPAddress To, CancellationTokenSource End)> _open = [];
    private readonly Lock _gate = new();

    /// <param name="port">Where it listens, at all addresses of the machine.</param>
    /// <param name="target">Where the node listens now.</param>
    /// <param name="mayPass">Whether a caller at the first address reaches the node at the second, which it has dialled, now.</param>
    public GuardedPort(int port, Func<IPEndPoint> target, Func<IPAddress, IPAddress, bool> mayPass)
    {
        (_target, _mayPass) = (target, mayPass);
        _acceptor = new Acceptor(IPAddress.Any, port, ServeAsync);
    }

    public int Port => _acceptor.Port;

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

    public ValueTask DisposeAsync() => _acceptor.DisposeAsync();

    private async Task ServeAsync(TcpClient caller, CancellationToken closed)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(closed);
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
                await node.ConnectAsync(_target(), end.Token);
                await Task.WhenAny(caller.GetStream().CopyToAsync(node.GetStream(), end.Token), node.GetStream().CopyToAsync(caller.GetStream(), end.Token));
            }
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
