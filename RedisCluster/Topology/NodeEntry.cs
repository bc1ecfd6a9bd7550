using System.Collections.Immutable;

namespace RedisCluster.Topology;

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

    /// <summary>Open slots; only ever told in the line of the node itself.</summary>
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
