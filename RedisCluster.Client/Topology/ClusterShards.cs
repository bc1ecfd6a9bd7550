using RedisCluster.Topology;

namespace RedisCluster.Client.Topology;

/// <summary>The shards of a cluster, as one of its nodes sees them.</summary>
/// <param name="SeenBy">The node.</param>
/// <param name="Shards">In the order of their slots; nodes without slots come last.</param>
public sealed record ClusterShards(string SeenBy, IReadOnlyList<Shard> Shards)
{
    /// <summary>Every node of every shard.</summary>
    public IEnumerable<ShardNode> Nodes => Shards.SelectMany(shard => shard.Nodes);

    /// <summary>Slots whose primary is online and reachable from this application.</summary>
    public SlotSet ServedSlots => SlotSet.Of(Shards.Where(shard => shard.Primary is { IsUsable: true }).SelectMany(shard => shard.Slots.Ranges));
}

/// <summary>Slots, their primary and its replicas.</summary>
/// <param name="Slots">Empty for a node that waits for slots or was replaced.</param>
/// <param name="Primary">Null while the shard has none, in a failover.</param>
/// <param name="Replicas">In the order of their addresses.</param>
public sealed record Shard(SlotSet Slots, ShardNode? Primary, IReadOnlyList<ShardNode> Replicas)
{
    /// <summary>The primary, if there is one, and the replicas.</summary>
    public IEnumerable<ShardNode> Nodes => Primary is null ? Replicas : Replicas.Prepend(Primary);
}

/// <summary>A node.</summary>
/// <param name="Address">As it announces itself, <c>localhost:7001</c>.</param>
/// <param name="Id">Its cluster id.</param>
/// <param name="Health"><c>online</c>, <c>loading</c> or <c>fail</c>, in the eyes of the node that was asked; <c>loading</c> or <c>busy</c> when this is what the node itself answered.</param>
/// <param name="IsConnected">Whether this application is connected to it, or has not met it yet: it connects to a new node when a command is sent there.</param>
/// <param name="ReplicationOffset">Bytes of the replication stream that it wrote or has received.</param>
/// <param name="LagBytes">How far a replica is behind its primary; null for a primary, and for a replica that its primary does not see.</param>
/// <param name="RefusesWrites">Why a primary refuses writes now, in its own words, <c>OOM command not allowed ...</c>; null when it takes them, and when the user may not ask.</param>
public sealed record ShardNode(string Address, string Id, string Health, bool IsConnected, long ReplicationOffset, long? LagBytes, string? RefusesWrites = null)
{
    /// <summary>Online, and reachable from here: what it holds can be read.</summary>
    public bool IsUsable => IsConnected && Health == "online";
}
