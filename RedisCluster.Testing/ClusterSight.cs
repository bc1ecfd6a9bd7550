using RedisCluster.Topology;

namespace RedisCluster.Testing;

/// <summary>Who is what, by the words of the nodes that answer. Where two claim a slot, the newer epoch counts: the other one was away when it lost the slot.</summary>
internal sealed record ClusterSight(ClusterObservation Observation)
{
    /// <summary>The primaries that own slots, in the listed order.</summary>
    public IEnumerable<NodeObservation> Owners => Observation.Nodes.Where(node => !SlotsOf(node).IsEmpty);

    public NodeObservation? Find(RedisNode node) => Observation.Nodes.FirstOrDefault(seen => seen.Announced.Port == node.Port);

    public NodeObservation? Owner(int slot) => Observation.Nodes.Where(node => node.Slots.Contains(slot)).MaxBy(node => node.View.Myself.ConfigEpoch);

    /// <summary>The replicas of a primary, which may not answer itself: then the others know its id.</summary>
    public IEnumerable<NodeObservation> ReplicasOf(RedisNode primary)
    {
        var ids = Observation.Nodes.SelectMany(node => node.View.Entries).Where(entry => entry.Port == primary.Port).Select(entry => entry.Id).ToHashSet();
        return Observation.Nodes.Where(node => node.View.Myself.PrimaryId is { } id && ids.Contains(id));
    }

    /// <summary>Whether every node that has a good link to the owner takes it for one. The others cannot know.</summary>
    public bool IsKnownToAll(NodeObservation owner, SlotSet slots) =>
        Observation.Nodes.All(node => node.View.Find(owner.Id) is not { IsHealthy: true } entry || slots.IsSubsetOf(entry.Slots));

    /// <summary>What it claims and nobody claims with a newer epoch.</summary>
    public SlotSet SlotsOf(NodeObservation node) => Observation.Nodes
        .Where(other => other.View.Myself.ConfigEpoch > node.View.Myself.ConfigEpoch)
        .Aggregate(node.Slots, (left, other) => left.Except(other.Slots));
}
