using System.Collections.Immutable;

namespace RedisCluster.Topology;

/// <summary>What came of asking one listed node: a <see cref="NodeObservation"/>, or why there is none.</summary>
/// <param name="Announced">The listed address, which clients use too.</param>
internal abstract record NodeSighting(NodeAddress Announced)
{
    protected abstract string Account { get; }

    public sealed override string ToString() => $"{Announced} {Account}";
}

/// <summary>A node that did not answer; it may answer later.</summary>
/// <param name="Announced">The listed address.</param>
/// <param name="Reason">What happened instead, as in "connection refused".</param>
internal sealed record UnreachableNode(NodeAddress Announced, string Reason) : NodeSighting(Announced)
{
    protected override string Account => $"does not answer: {Reason}";
}

/// <summary>A node that answers and can never be part of the cluster as it is: wrong password, cluster mode off.</summary>
/// <param name="Announced">The listed address.</param>
/// <param name="Reason">What it answered, and what to do about it.</param>
internal sealed record UnusableNode(NodeAddress Announced, string Reason) : NodeSighting(Announced)
{
    protected override string Account => $"cannot be used: {Reason}";
}

/// <summary>What one node says of itself and how it sees the cluster, all asked at one moment.</summary>
/// <param name="Announced">The listed address, which clients use too.</param>
internal sealed record NodeObservation(NodeAddress Announced) : NodeSighting(Announced)
{
    public required ServerVersion Server { get; init; }

    /// <summary>CLUSTER NODES.</summary>
    public required NodeTable View { get; init; }

    /// <summary>Where other nodes reach it: <c>laddr</c> of CLIENT INFO, and the bus port of its own line.</summary>
    public required BusAddress OwnAddress { get; init; }

    /// <summary><c>cluster_state:ok</c> of CLUSTER INFO.</summary>
    public bool ClusterStateOk { get; init; }

    /// <summary>DBSIZE.</summary>
    public long KeyCount { get; init; }

    /// <summary>Which of <see cref="ClusterObservation.SlotsInDoubt"/> hold keys on this node (CLUSTER COUNTKEYSINSLOT).</summary>
    public SlotSet SlotsWithKeys { get; init; } = SlotSet.Empty;

    /// <summary>INFO replication of a replica; null on a primary.</summary>
    public ReplicationState? Replication { get; init; }

    /// <summary>INFO replication of any node.</summary>
    public ReplicationHistory? History { get; init; }

    /// <summary><c>loading:1</c> of INFO persistence: its data is still being read from disk, so counts are too low.</summary>
    public bool IsLoading { get; init; }

    /// <summary><c>uptime_in_seconds</c> of INFO server: the difference of two times that are each without their fraction.</summary>
    public TimeSpan Uptime { get; init; } = TimeSpan.MaxValue;

    /// <summary>CONFIG GET cluster-node-timeout.</summary>
    public TimeSpan NodeTimeout { get; init; }

    /// <summary>CLUSTER SLOTS.</summary>
    public ImmutableArray<ListedSlots> ListedSlots { get; init; } = [];

    /// <summary>Moves the server itself is busy with; empty for servers that cannot.</summary>
    public ImmutableArray<ServerSlotMigration> SlotMigrations { get; init; } = [];

    public NodeId Id => View.Myself.Id;

    public bool IsPrimary => View.Myself.IsPrimary;

    public bool IsReplica => View.Myself.IsReplica;

    /// <summary>The slots it serves by its own account; a replica's are none.</summary>
    public SlotSet Slots => View.Myself.Slots;

    public NodeReference Reference => new(Id, Announced);

    protected override string Account =>
        $"{Id} {Server} {(IsReplica ? $"replica of {View.Myself.PrimaryId}" : $"primary of slots {Slots}")}, {KeyCount} keys, {(ClusterStateOk ? "ok" : "not ok")}"
        + string.Concat(View.Myself.OpenSlots.Select(open => $" {open}"));
}

/// <summary>A node as an action names it: commands need its id, readers its address.</summary>
internal sealed record NodeReference(NodeId Id, NodeAddress Announced)
{
    public override string ToString() => Announced.ToString();
}

/// <summary>The replica's side of its replication, from INFO replication.</summary>
/// <param name="PrimaryAddress">Where it copies from (<c>master_host:master_port</c>); may be an address the primary left.</param>
/// <param name="LinkUp"><c>master_link_status:up</c></param>
/// <param name="Offset"><c>slave_repl_offset</c>: how far it got; of two replicas the one with more has newer data.</param>
internal sealed record ReplicationState(NodeAddress PrimaryAddress, bool LinkUp, long Offset);

/// <summary>
/// The name of the history of a node's data. A primary makes a new one when its process starts; a replica takes its primary's, and keeps that as the earlier one when it
/// becomes a primary itself.
/// </summary>
/// <param name="Id"><c>master_replid</c></param>
/// <param name="EarlierId"><c>master_replid2</c>, zeros where there is none.</param>
internal sealed record ReplicationHistory(string Id, string EarlierId)
{
    /// <summary>Whether it goes on from another, so that whoever has that one lags behind and has nothing that is lost here.</summary>
    public bool Continues(ReplicationHistory other) => other.Id == Id || other.Id == EarlierId;
}

/// <summary>One entry of CLUSTER SLOTS, which is what clients see: a range, its primary, then the replicas that are worth asking.</summary>
internal sealed record ListedSlots(SlotRange Range, ImmutableArray<NodeId> Nodes);

/// <summary>
/// Slots that a server moves by itself (CLUSTER MIGRATESLOTS of Valkey 9, CLUSTER MIGRATION of Redis 8.4). While it runs it is waited for:
/// it goes on when the one who asked for it is gone.
/// </summary>
internal sealed record ServerSlotMigration(string Name, NodeId Source, NodeId Target, SlotSet Slots, MigrationState State, string Message);

internal enum MigrationState
{
    Running,
    Done,
    Failed,
}
