using RedisCluster.Client.Topology;
using RedisCluster.Topology;

namespace SampleApi.Cluster;

/// <summary>The cluster in the words of this API.</summary>
/// <param name="SeenBy">The node that was asked.</param>
/// <param name="ServedSlots">How many of the 16384 slots have a primary that is online and reachable from this instance.</param>
/// <param name="Shards">In the order of their slots; nodes without slots come last.</param>
internal sealed record ClusterReport(string SeenBy, int ServedSlots, IReadOnlyList<ShardReport> Shards)
{
    internal static ClusterReport Of(ClusterShards view) => new(view.SeenBy, view.ServedSlots.Count, [.. view.Shards.Select(ShardReport.Of)]);
}

/// <param name="Slots">Ranges, both ends inclusive.</param>
/// <param name="Primary">Null while there is none, in a failover.</param>
/// <param name="Replicas">In the order of their addresses.</param>
internal sealed record ShardReport(IReadOnlyList<SlotRange> Slots, ShardNode? Primary, IReadOnlyList<ShardNode> Replicas)
{
    internal static ShardReport Of(Shard shard) => new(shard.Slots.Ranges, shard.Primary, shard.Replicas);
}
