using System.Net.Sockets;

namespace Support;

/// <summary>What a container engine does for a published port: 127.0.0.1:port leads to the node, wherever it lives now.</summary>
/// <param name="node">The node.</param>
/// <param name="port">The node's own by default; 0 for a free one.</param>
internal sealed class PublishedPort(RedisNode node, int? port = null) : IAsyncDisposable
{
    private readonly ConnectionListener _listener = new(node, port ?? node.Port, ForwardAsync);

    public int Port => _listener.Port;

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private static async Task ForwardAsync(NetworkStream outside, NetworkStream inside, CancellationToken closed) =>
        await Task.WhenAny(outside.CopyToAsync(inside, closed), inside.CopyToAsync(outside, closed));
}
