using System.Collections.Immutable;

namespace RedisCluster.Topology;

/// <summary>
/// What AppHost declares. The first <see cref="NodeCount"/> listed nodes make up the cluster; nodes listed after them are
/// drained, forgotten and reset, so that a smaller number of shards or replicas is reached without losing a key.
/// </summary>
/// <param name="Shards">How many primaries share the slots.</param>
/// <param name="ReplicasPerShard">How many replicas each of them has.</param>
/// <param name="Nodes">All nodes that run, in their order.</param>
/// <param name="NodeTimeout">The cluster-node-timeout that every node ends with.</param>
internal sealed record WantedCluster(int Shards, int ReplicasPerShard, ImmutableArray<NodeAddress> Nodes, TimeSpan NodeTimeout)
{
    /// <summary>
    /// The shape is the one that was found: every listed node is a member, shards may have more replicas than the least and any share of
    /// the slots, and there may be fewer shards than a new cluster needs.
    /// </summary>
    public bool IsAsFound { get; init; }

    /// <summary>How many nodes the shape needs.</summary>
    public int NodeCount => Shards * (1 + ReplicasPerShard);

    /// <summary>The nodes that make up the cluster.</summary>
    public ImmutableArray<NodeAddress> Members => IsAsFound ? Nodes : [.. Nodes.Take(NodeCount)];

    /// <summary>The nodes that leave it.</summary>
    public ImmutableArray<NodeAddress> Leaving => IsAsFound ? [] : [.. Nodes.Skip(NodeCount)];

    public override string ToString() => $"{Shards} shards with {(IsAsFound ? "at least " : "")}{ReplicasPerShard} replicas each on {string.Join(", ", Members)}"
        + (Leaving.IsEmpty ? "" : $"; leaving: {string.Join(", ", Leaving)}");
}
