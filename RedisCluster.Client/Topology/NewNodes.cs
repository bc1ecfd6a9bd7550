using System.Collections.Concurrent;
using StackExchange.Redis;

namespace RedisCluster.Client.Topology;

/// <summary>
/// Makes the driver look around when the cluster has nodes that it has not met. By itself it does so when a connection breaks or a command is sent elsewhere, and else
/// after half an hour: until then a replica that joined would be missing, and its shard would count as one without a replica.
/// </summary>
internal sealed class NewNodes(TimeProvider time)
{
    // Looking around asks every node, and one that cannot be reached from here stays unknown.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private const int LooksForANode = 3;

    private readonly ConcurrentDictionary<string, int> _looks = new();

    private long _lookedAt = time.GetTimestamp() - (long)(Pause.TotalSeconds * time.TimestampFrequency);

    /// <param name="connection">Of the driver.</param>
    /// <param name="view">Of the cluster.</param>
    /// <param name="announced">The announced addresses of nodes that the driver may know by their own.</param>
    internal void LookAround(IConnectionMultiplexer connection, ClusterShards view, IReadOnlyDictionary<string, string> announced)
    {
        var last = Volatile.Read(ref _lookedAt);
        if (time.GetElapsedTime(last) < Pause)
        {
            return;
        }

        var known = connection.GetServers().Select(server => server.EndPoint.Address()).Select(address => announced.GetValueOrDefault(address, address)).ToHashSet();
        // Nodes that serve nothing are not the driver's concern.
        var unknown = view.Shards.Where(shard => !shard.Slots.IsEmpty).SelectMany(shard => shard.Nodes).Where(node => node.Health == "online" && !known.Contains(node.Address) && _looks.GetValueOrDefault(node.Id) < LooksForANode).ToList();
        if (unknown.Count > 0 && Interlocked.CompareExchange(ref _lookedAt, time.GetTimestamp(), last) == last)
        {
            unknown.ForEach(node => _looks.AddOrUpdate(node.Id, 1, (_, looks) => looks + 1));
            // Nobody waits for it, and the driver keeps what goes wrong to itself: the next look is as good.
            _ = connection.ConfigureAsync();
        }
    }
}
