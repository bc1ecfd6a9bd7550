using System.Net;
using System.Net.Sockets;

namespace Bench.Campaign;

/// <summary>
/// Stands before the bus port of a node, which announces the proxy's port instead of its own. Who calls is known by the address that the call comes from, and the
/// node sees the same address: nodes learn where others are from that.
/// </summary>
internal sealed class BusProxy : IAsyncDisposable
{
    private readonly RedisNode _node;
    private readonly Func<string, bool> _mayPass;
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _closed = new();
    private readonly List<(string From, CancellationTokenSource End)> _open = [];
    private readonly Lock _gate = new();
    private readonly Task _accepting;

    /// <param name="node">The node behind it.</param>
    /// <param name="mayPass">Whether a node at an address reaches this one now.</param>
    public BusProxy(RedisNode node, Func<string, bool> mayPass)
    {
        (_node, _mayPass) = (node, mayPass);
        Port = FreePorts.One();
        _listener = new TcpListener(IPAddress.Any, Port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Ends the connections that may not pass any more.</summary>
    public void EndForbidden()
    {
        lock (_gate)
        {
            foreach (var (_, end) in _open.Where(open => !_mayPass(open.From)))
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
        var from = ((IPEndPoint)caller.Client.RemoteEndPoint!).Address;
        var open = ($"{from}", end);
        lock (_gate)
        {
            _open.Add(open);
        }

        try
        {
            // Nobody listens at an address that the node has left.
            if (_mayPass($"{from}") && $"{((IPEndPoint)caller.Client.LocalEndPoint!).Address}" == _node.Address)
            {
                using var node = new TcpClient(new IPEndPoint(from, 0)) { NoDelay = true };
                caller.NoDelay = true;
                await node.ConnectAsync(_node.Address, _node.Port + FreePorts.BusOffset, end.Token);
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
