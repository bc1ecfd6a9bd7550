using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace RedisCluster.Client;

/// <summary>
/// Says once that a node is lost and once that it is back. The driver's own log is left out: with a reconnect every 250 ms it writes
/// a stack trace for every attempt on every connection, and a failover would drown in them.
/// </summary>
internal sealed class ConnectionLog(string name, ILogger logger)
{
    private readonly ConcurrentDictionary<string, bool> _lost = new();

    internal void Follow(ConnectionMultiplexer connection)
    {
        connection.ConnectionFailed += (_, failed) => Lost(failed);
        connection.ConnectionRestored += (_, restored) => Restored(restored);
        var servers = connection.GetServers();
        var connected = servers.Count(server => server.IsConnected);
        foreach (var server in servers.Where(server => !server.IsConnected))
        {
            _lost[server.EndPoint.Address()] = true;
        }

        if (connected == 0)
        {
            logger.NotConnected(name, string.Join(", ", connection.GetEndPoints().Select(NodeEndPoint.Address)));
        }
        else
        {
            logger.Connected(name, connected, servers.Length);
        }
    }

    private void Lost(ConnectionFailedEventArgs failed)
    {
        if (failed.EndPoint is { } endpoint && _lost.TryAdd(endpoint.Address(), true))
        {
            logger.Lost(name, endpoint.Address(), failed.FailureType);
        }
    }

    // A node has two connections, for commands and for subscriptions: the one for commands is the one that counts.
    private void Restored(ConnectionFailedEventArgs restored)
    {
        if (restored is { EndPoint: { } endpoint, ConnectionType: ConnectionType.Interactive } && _lost.TryRemove(endpoint.Address(), out _))
        {
            logger.Restored(name, endpoint.Address());
        }
    }
}
