using System.Collections.Immutable;

namespace RedisCluster.Topology;

/// <summary>The name a node gave itself: 40 hexadecimal digits. Written with its first eight, which is enough for a reader.</summary>
internal sealed record NodeId(string Value)
{
    public override string ToString() => Value.Length > 8 ? Value[..8] : Value;
}

/// <summary>What one node knows of one node (itself included): a line of CLUSTER NODES.</summary>
internal sealed record NodeEntry
{
    public required NodeId Id { get; init; }

    /// <summary>IP address; empty when not known: of the node itself before its first peer, and of <c>noaddr</c> nodes.</summary>
    public string Ip { get; init; } = "";

    /// <summary>Client port; 0 for <c>noaddr</c> nodes.</summary>
    public int Port { get; init; }

    public int BusPort { get; init; }

    /// <summary>Announced host name; empty when none was announced or gossip has not brought it yet.</summary>
    public string HostName { get; init; } = "";

    public NodeFlags Flags { get; init; }

    /// <summary>The primary, for replicas that know theirs.</summary>
    public NodeId? PrimaryId { get; init; }

    /// <summary>Whether an answer ever came since the observing node started (for itself: always).</summary>
    public bool HeardFrom { get; init; } = true;

    public long ConfigEpoch { get; init; }

    public bool LinkConnected { get; init; } = true;

    public SlotSet Slots { get; init; } = SlotSet.Empty;

    /// <summary>Open slots; only the line of the node itself has them.</summary>
    public ImmutableArray<OpenSlot> OpenSlots { get; init; } = [];

    public bool IsMyself => Flags.HasFlag(NodeFlags.Myself);

    public bool IsPrimary => Flags.HasFlag(NodeFlags.Primary);

    public bool IsReplica => Flags.HasFlag(NodeFlags.Replica);

    public bool IsHandshake => Flags.HasFlag(NodeFlags.Handshake);

    public bool HasNoAddress => Flags.HasFlag(NodeFlags.NoAddress);

    public bool IsFailing => (Flags & (NodeFlags.Failed | NodeFlags.MaybeFailed)) != 0;

    /// <summary>The observing node talks to it and has nothing against it.</summary>
    public bool IsHealthy => IsMyself || (LinkConnected && HeardFrom && !IsFailing && !HasNoAddress && !IsHandshake);

    public bool IsAt(BusAddress address) => Ip == address.Ip && Port == address.Port;
}

internal enum OpenSlotDirection
{
    /// <summary><c>[5-&gt;-id]</c>: keys leave this node for the peer.</summary>
    Migrating,

    /// <summary><c>[5-&lt;-id]</c>: keys come to this node from the peer.</summary>
    Importing,
}

/// <summary>A slot on its way between two nodes. Each node names only its own open slots, in its own line.</summary>
internal sealed record OpenSlot(int Slot, OpenSlotDirection Direction, NodeId Peer)
{
    public override string ToString() => $"[{Slot}{(Direction is OpenSlotDirection.Migrating ? "->-" : "-<-")}{Peer}]";
}
