using System.Net;
using System.Net.Sockets;

namespace IntegrationTests.Servers;

/// <summary>What a container engine does for a published port: 127.0.0.1:port leads to the node, wherever it lives now.</summary>
internal sealed class PublishedPort : IAsyncDisposable
{
    private readonly RedisNode _node;
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _closed = new();
    private readonly Task _accepting;

    public PublishedPort(RedisNode node)
    {
        _node = node;
        _listener = new TcpListener(IPAddress.Loopback, node.Port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        _listener.Stop();
        await _accepting;
        _closed.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ForwardAsync(await _listener.AcceptTcpClientAsync(_closed.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ForwardAsync(TcpClient outside)
    {
        using var inside = new TcpClient { NoDelay = true };
        using (outside)
        {
            outside.NoDelay = true;
            try
            {
                await inside.ConnectAsync(_node.Address, _node.Port, _closed.Token);
                await Task.WhenAny(
                    outside.GetStream().CopyToAsync(inside.GetStream(), _closed.Token),
                    inside.GetStream().CopyToAsync(outside.GetStream(), _closed.Token));
            }
            catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException)
            {
                // One side is gone: closing the other is all there is to do, as an engine does.
            }
        }
    }
}
