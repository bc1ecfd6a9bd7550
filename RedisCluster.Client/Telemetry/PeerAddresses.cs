using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace RedisCluster.Client.Telemetry;

/// <summary>The network addresses behind the names of the nodes: the driver shows the socket of a connection only in the moment before it connects.</summary>
internal sealed class PeerAddresses
{
    private readonly ConcurrentDictionary<EndPoint, Socket> _sockets = new();

    internal void Follow(ConfigurationOptions options) => options.BeforeSocketConnect += (node, type, socket) =>
    {
        if (type == ConnectionType.Interactive)
        {
            _sockets[node] = socket;
        }
    };

    /// <summary>Where the node was reached; null when it was not.</summary>
    internal IPEndPoint? Of(EndPoint node)
    {
        try
        {
            return _sockets.TryGetValue(node, out var socket) && socket.RemoteEndPoint is IPEndPoint peer
                ? new IPEndPoint(peer.Address.IsIPv4MappedToIPv6 ? peer.Address.MapToIPv4() : peer.Address, peer.Port)
                : null;
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            return null; // The connection was lost: its address says nothing about the next one.
        }
    }
}
