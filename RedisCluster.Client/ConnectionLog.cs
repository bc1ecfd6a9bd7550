using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RedisCluster.Client.Topology;
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
            _lost[RedisClusterTopology.Address(server.EndPoint)] = true;
        }

        if (connected == 0)
        {
            logger.NotConnected(name, string.Join(", ", connection.GetEndPoints().Select(RedisClusterTopology.Address)));
        }
        else
        {
            logger.Connected(name, connected, servers.Length);
        }
    }

    private void Lost(ConnectionFailedEventArgs failed)
    {
        if (failed.EndPoint is { } endpoint && _lost.TryAdd(RedisClusterTopology.Address(endpoint), true))
        {
            logger.Lost(name, RedisClusterTopology.Address(endpoint), failed.FailureType);
        }
    }

    // A node has two connections, for commands and for subscriptions: the one for commands is the one that counts.
    private void Restored(ConnectionFailedEventArgs restored)
    {
        if (restored is { EndPoint: { } endpoint, ConnectionType: ConnectionType.Interactive } && _lost.TryRemove(RedisClusterTopology.Address(endpoint), out _))
        {
            logger.Restored(name, RedisClusterTopology.Address(endpoint));
        }
    }
}
