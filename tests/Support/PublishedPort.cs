using System.Net.Sockets;

namespace Support;

/// <summary>What a container engine does for a published port: 127.0.0.1:port leads to the node, wherever it lives now.</summary>
internal sealed class PublishedPort(RedisNode node) : IAsyncDisposable
{
    private readonly ConnectionListener _listener = new(node, node.Port, ForwardAsync);

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private static async Task ForwardAsync(NetworkStream outside, NetworkStream inside, CancellationToken closed) =>
        await Task.WhenAny(outside.CopyToAsync(inside, closed), inside.CopyToAsync(outside, closed));
}
