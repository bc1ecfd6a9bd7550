namespace RedisCluster.Topology;

internal enum OpenSlotDirection
{
    /// <summary><c>[5-&gt;-id]</c>: keys leave this node for the peer.</summary>
    Migrating,

    /// <summary><c>[5-&lt;-id]</c>: keys come to this node from the peer.</summary>
    Importing,
}

/// <summary>A slot on its way between two nodes. Each node tells only of its own open slots, in its own line.</summary>
internal sealed record OpenSlot(int Slot, OpenSlotDirection Direction, NodeId Peer)
{
    public override string ToString() => $"[{Slot}{(Direction is OpenSlotDirection.Migrating ? "->-" : "-<-")}{Peer}]";
}
