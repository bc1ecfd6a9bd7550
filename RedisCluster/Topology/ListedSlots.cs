using System.Collections.Immutable;

namespace RedisCluster.Topology;

/// <summary>One entry of CLUSTER SLOTS, which is what clients see: a range, its primary, then the replicas that are worth asking.</summary>
internal sealed record ListedSlots(SlotRange Range, ImmutableArray<NodeId> Nodes);
