namespace RedisCluster.Client.Topology;

/// <summary>The cluster as one of its nodes sees it.</summary>
/// <param name="SeenBy">The node that was asked.</param>
/// <param name="Shards">In the order of their slots; nodes without slots come last.</param>
public sealed record ClusterView(string SeenBy, IReadOnlyList<ShardView> Shards)
{
    /// <summary>How many hash slots a cluster has.</summary>
    public const int SlotCount = 16384;

    /// <summary>Every node of every shard.</summary>
    public IEnumerable<NodeView> Nodes => Shards.SelectMany(shard => shard.Nodes);

    /// <summary>Slots whose primary is online and reachable from this application.</summary>
    public int ServedSlots => Shards.Where(shard => shard.Primary is { IsUsable: true }).Sum(shard => shard.Slots.Sum(range => range.Count));

    /// <summary>Ranges that no usable primary serves, in order.</summary>
    public IReadOnlyList<SlotRange> UnservedSlots()
    {
        var gaps = new List<SlotRange>();
        var next = 0;
        foreach (var range in Shards.Where(shard => shard.Primary is { IsUsable: true }).SelectMany(shard => shard.Slots).OrderBy(range => range.First))
        {
            if (range.First > next)
            {
                gaps.Add(new SlotRange(next, range.First - 1));
            }

            next = Math.Max(next, range.Last + 1);
        }

        if (next < SlotCount)
        {
            gaps.Add(new SlotRange(next, SlotCount - 1));
        }

        return gaps;
    }
}

/// <summary>Slots, their primary and its replicas.</summary>
/// <param name="Slots">In order; empty for a node that waits for slots or was replaced.</param>
/// <param name="Primary">Null while the shard has none, in a failover.</param>
/// <param name="Replicas">In the order of their addresses.</param>
public sealed record ShardView(IReadOnlyList<SlotRange> Slots, NodeView? Primary, IReadOnlyList<NodeView> Replicas)
{
    /// <summary>The primary, if there is one, and the replicas.</summary>
    public IEnumerable<NodeView> Nodes => Primary is null ? Replicas : Replicas.Prepend(Primary);

    /// <summary>The slots, as in <c>0-5460</c> or <c>0-99,200</c>.</summary>
    public override string ToString() => Slots.Count == 0 ? "without slots" : string.Join(',', Slots);
}

/// <summary>A node.</summary>
/// <param name="Address">As it announces itself, <c>localhost:7001</c>.</param>
/// <param name="Id">Its cluster id.</param>
/// <param name="Health"><c>online</c>, <c>loading</c>, or <c>fail</c>, in the eyes of the node that was asked.</param>
/// <param name="IsConnected">Whether this application is connected to it, or has not met it yet: it connects to a new node when a command is sent there.</param>
/// <param name="ReplicationOffset">Bytes of the replication stream that it wrote or has received.</param>
/// <param name="LagBytes">How far a replica is behind its primary; null for a primary, and for a replica that its primary does not see.</param>
public sealed record NodeView(string Address, string Id, string Health, bool IsConnected, long ReplicationOffset, long? LagBytes)
{
    /// <summary>Online, and reachable from here.</summary>
    public bool IsUsable => IsConnected && Health == "online";
}

/// <summary>Hash slots, both ends inclusive.</summary>
/// <param name="First">First slot, from 0.</param>
/// <param name="Last">Last slot, to 16383.</param>
public readonly record struct SlotRange(int First, int Last)
{
    /// <summary>How many slots.</summary>
    public int Count => Last - First + 1;

    /// <summary><c>0-5460</c>, or <c>7</c> for a single slot.</summary>
    public override string ToString() => First == Last ? $"{First}" : $"{First}-{Last}";
}
