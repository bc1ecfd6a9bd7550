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
internal sealed record ShardReport(IReadOnlyList<SlotRange> Slots, NodeReport? Primary, IReadOnlyList<NodeReport> Replicas)
{
    internal static ShardReport Of(Shard shard) => new(
        shard.Slots.Ranges,
        shard.Primary is { } primary ? NodeReport.Of(primary) : null,
        [.. shard.Replicas.Select(NodeReport.Of)]);
}

/// <param name="Address">As announced, and as clients are redirected to.</param>
/// <param name="Id">Cluster id.</param>
/// <param name="Health"><c>online</c>, <c>loading</c> or <c>fail</c>, in the eyes of the node that was asked; <c>loading</c> or <c>busy</c> when this is what the node itself answered.</param>
/// <param name="IsConnected">Whether this instance is connected to it.</param>
/// <param name="ReplicationOffset">Bytes of the replication stream.</param>
/// <param name="LagBytes">How far a replica is behind its primary; null for a primary and for a replica that has no link to its primary.</param>
internal sealed record NodeReport(string Address, string Id, string Health, bool IsConnected, long ReplicationOffset, long? LagBytes)
{
    internal static NodeReport Of(ShardNode node) => new(node.Address, node.Id, node.Health, node.IsConnected, node.ReplicationOffset, node.LagBytes);
}
