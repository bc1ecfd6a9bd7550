using System.Collections.Immutable;
using System.Globalization;
using RedisCluster.Topology;

namespace RedisCluster.Planning;

/// <summary>
/// One change to one node. Each is idempotent, or its executor notices that it already happened; being killed after any of
/// them leaves a state that the next pass can observe and go on from. Written as <c>node verb ...</c>;
/// in a plan, what one node does in a step is one line.
/// </summary>
/// <param name="Node">The node it is sent to.</param>
internal abstract record ClusterAction(NodeAddress Node)
{
    internal abstract string Notation { get; }

    public sealed override string ToString() => $"{Node} {Notation}";
}

/// <summary>CONFIG SET cluster-node-timeout.</summary>
internal sealed record SetNodeTimeout(NodeAddress Node, TimeSpan Timeout) : ClusterAction(Node)
{
    internal override string Notation => string.Create(CultureInfo.InvariantCulture, $"set node timeout {Timeout.TotalMilliseconds} ms");
}

/// <summary>CONFIG SET cluster-allow-replica-migration no: when its last slot has gone, the node does not become a replica of the new owner.</summary>
internal sealed record StayPrimary(NodeAddress Node) : ClusterAction(Node)
{
    internal override string Notation => "stay primary";
}

/// <summary>CLUSTER SET-CONFIG-EPOCH; only before the node meets its first peer, and only once.</summary>
internal sealed record SetConfigEpoch(NodeAddress Node, long Epoch) : ClusterAction(Node)
{
    internal override string Notation => $"set config epoch {Epoch}";
}

/// <summary>CLUSTER ADDSLOTSRANGE: all or nothing, so these are exactly the slots that are missing.</summary>
internal sealed record AddSlots(NodeAddress Node, SlotSet Slots) : ClusterAction(Node)
{
    internal override string Notation => $"add slots {Slots}";
}

/// <summary>CLUSTER DELSLOTSRANGE: the node stops claiming slots in which it has no key.</summary>
internal sealed record DeleteSlots(NodeAddress Node, SlotSet Slots) : ClusterAction(Node)
{
    internal override string Notation => $"delete slots {Slots}";
}

/// <summary>CLUSTER MEET ip port bus-port; also the cure for a peer whose address changed.</summary>
internal sealed record Meet(NodeAddress Node, NodeAddress Peer, BusAddress PeerAddress) : ClusterAction(Node)
{
    internal override string Notation => $"meet {Peer} at {PeerAddress}";
}

/// <summary>CLUSTER REPLICATE; repeated on a replica that still dials an address its primary left.</summary>
internal sealed record Replicate(NodeAddress Node, NodeReference Primary) : ClusterAction(Node)
{
    internal override string Notation => $"replicate {Primary}";
}

/// <summary>CLUSTER FORGET of an id that no node answers to any more. All nodes forget in one step, or gossip brings it back.</summary>
internal sealed record Forget(NodeAddress Node, NodeId Id) : ClusterAction(Node)
{
    internal override string Notation => $"forget {Id}";
}

internal enum ResetKind
{
    /// <summary>CLUSTER RESET SOFT: keeps the id; a replica becomes an empty primary that knows nobody.</summary>
    Soft,

    /// <summary>CLUSTER RESET HARD: a new id and epoch 0 too.</summary>
    Hard,

    /// <summary>FLUSHALL, then CLUSTER RESET HARD, for a primary whose keys are copies of what live shards have.</summary>
    FlushAndHard,
}

/// <summary>The node leaves whatever cluster it is in and is empty.</summary>
internal sealed record Reset(NodeAddress Node, ResetKind Kind) : ClusterAction(Node)
{
    internal override string Notation => Kind switch
    {
        ResetKind.Soft => "reset soft",
        ResetKind.Hard => "reset hard",
        _ => "flush and reset hard",
    };
}

internal enum FailOverMode
{
    /// <summary>CLUSTER FAILOVER: the live primary hands over, nothing is lost.</summary>
    Graceful,

    /// <summary>CLUSTER FAILOVER FORCE: the primary is gone, a majority of the others votes.</summary>
    Force,

    /// <summary>CLUSTER FAILOVER TAKEOVER: the primary is gone or emptied and no vote can be waited for.</summary>
    TakeOver,
}

/// <summary>The replica <see cref="ClusterAction.Node"/> becomes primary of its shard. Done when it says so itself.</summary>
internal sealed record FailOver(NodeAddress Node, FailOverMode Mode) : ClusterAction(Node)
{
    internal override string Notation => Mode switch
    {
        FailOverMode.Graceful => "fail over",
        FailOverMode.Force => "fail over by force",
        _ => "take over",
    };
}

/// <summary>CLUSTER SETSLOT STABLE for each slot: no longer migrating or importing.</summary>
internal sealed record SetSlotStable(NodeAddress Node, SlotSet Slots) : ClusterAction(Node)
{
    internal override string Notation => $"set slots {Slots} stable";
}

/// <summary>CLUSTER SETSLOT NODE for each slot: the node takes <paramref name="Owner"/> for their owner. Primaries only.</summary>
internal sealed record SetSlotOwner(NodeAddress Node, SlotSet Slots, NodeReference Owner) : ClusterAction(Node)
{
    internal override string Notation => $"set owner of slots {Slots} to {Owner}";
}

/// <summary>CLUSTER BUMPEPOCH, so that the others believe the node's new claim over an older one.</summary>
internal sealed record BumpEpoch(NodeAddress Node) : ClusterAction(Node)
{
    internal override string Notation => "bump epoch";
}

internal enum MoveMethod
{
    /// <summary>Opened on both sides, keys by MIGRATE, then closed: some slots at a time. Meanwhile clients are sent from one node to the other (ASK).</summary>
    InBatches,

    /// <summary>One slot in a transaction, so that no client is ever sent to a node that it does not know; in batches when it holds too many keys for one.</summary>
    AtOnce,

    /// <summary>CLUSTER MIGRATESLOTS of Valkey 9, CLUSTER MIGRATION of Redis 8.4: no slot is ever half moved.</summary>
    ByServer,
}

/// <summary>
/// Slots with all their keys go from one primary to another under traffic. Also finishes slots that were left open between
/// the two; where a key is on both, the source's is the newer one.
/// </summary>
internal sealed record MoveSlots(NodeReference Source, NodeReference Target, SlotSet Slots, MoveMethod Method) : ClusterAction(Source.Announced)
{
    /// <summary>Where the source sends the keys.</summary>
    public required BusAddress TargetAddress { get; init; }

    /// <summary>The other primaries that know the target: they hear of the new owner from us, which is sooner than by gossip.</summary>
    public required ImmutableArray<NodeAddress> OtherPrimaries { get; init; }

    /// <summary>Owners whose clients get to know the target beforehand. None while it owns no slot: clients connect to no such node.</summary>
    public required ImmutableArray<NodeAddress> Introducers { get; init; }

    /// <summary>What the source runs: each kind has its own commands for moves by the server.</summary>
    public required ServerKind ServerKind { get; init; }

    /// <summary>Some node answers CLUSTER SETSLOT only when its replicas have it too, see <see cref="ServerVersion.SetSlotWaitsForReplicas"/>.</summary>
    public required bool SetSlotWaits { get; init; }

    internal override string Notation => $"move slots {Slots} to {Target} {Method switch
    {
        MoveMethod.AtOnce => "at once",
        MoveMethod.ByServer => "by the server",
        _ => "in batches",
    }}";
}

/// <summary>
/// A replica's offset is moved from 0, at which CLUSTER SLOTS hides it: up to repl-ping-replica-period long, or until its primary sends it anything. WAIT for
/// more replicas than there are, on the primary, is the only harmless command that does this without keys. After a full synchronization the primary sends
/// nothing before the replica's first acknowledgement. When that came before the primary had noticed the end of its BGSAVE, the next one is a second away; a
/// replica that dials again is sent to at once.
/// </summary>
internal sealed record NudgeReplication(NodeAddress Node, NodeReference Primary) : ClusterAction(Node)
{
    internal override string Notation => $"nudge replication from {Primary}";
}
