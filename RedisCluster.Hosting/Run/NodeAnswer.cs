using Aspire.Hosting.ApplicationModel;
using RedisCluster.Topology;

namespace RedisCluster.Hosting.Run;

/// <summary>What a node said when it was asked what it knows of the cluster.</summary>
/// <param name="Node">The node.</param>
/// <param name="Table">Its CLUSTER NODES; null when there was no such answer.</param>
/// <param name="Replication">Its side of the replication; null for a primary.</param>
/// <param name="Problem">
/// Why there is no table, in words that follow its name; null for a node that does not run and was not asked.
/// </param>
/// <param name="IsDown"><c>cluster_state:fail</c>: it refuses all keys, as in the seconds after its start or when it does not see most primaries.</param>
internal sealed record NodeAnswer(IRedisClusterNode Node, NodeTable? Table = null, ReplicationState? Replication = null, string? Problem = null, bool IsDown = false);

/// <summary>What a node is in the cluster, by its own word.</summary>
/// <param name="IsPrimary">Whether it is a primary; else it is a replica.</param>
/// <param name="Slots">Of a primary, what it owns.</param>
/// <param name="Primary">Of a replica, its primary; null when that one is not a node of this AppHost.</param>
/// <param name="IsInSync">Of a replica, whether the link to its primary is up.</param>
/// <param name="Offset">Of a replica, how far it has copied its primary.</param>
internal sealed record NodeRole(bool IsPrimary, SlotSet Slots, IRedisClusterNode? Primary, bool IsInSync, long Offset)
{
    public string Name => IsPrimary ? "primary" : "replica";

    public bool OwnsSlots => IsPrimary && !Slots.IsEmpty;

    /// <summary>Whether it shows as the other does: the offset changes all the time and is not shown.</summary>
    public bool ShowsAs(NodeRole? other) => other is not null && other with { Offset = Offset } == this;
}
