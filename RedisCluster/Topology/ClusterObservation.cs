using System.Collections.Immutable;

namespace RedisCluster.Topology;

/// <summary>Every listed node as it was seen in one pass, in the listed order.</summary>
internal sealed record ClusterObservation(ImmutableArray<NodeSighting> Sightings)
{
    /// <summary>The nodes that answered, in the listed order.</summary>
    public ImmutableArray<NodeObservation> Nodes { get; } = [.. Sightings.OfType<NodeObservation>()];

    /// <summary>
    /// Slots for which it matters who holds keys: claimed by no node, claimed by several, or open. After a first look, ask
    /// each node that has keys which of these hold some, and observe with <see cref="NodeObservation.SlotsWithKeys"/> set.
    /// </summary>
    public SlotSet SlotsInDoubt
    {
        get
        {
            var (once, several, open) = (SlotSet.Empty, SlotSet.Empty, SlotSet.Empty);
            foreach (var node in Nodes)
            {
                several = several.Union(once.Intersect(node.Slots));
                once = once.Union(node.Slots);
                open = open.Union(SlotSet.Of(node.View.Myself.OpenSlots.Select(slot => slot.Slot)));
            }

            return once.Complement().Union(several).Union(open);
        }
    }

    /// <summary>The node with this id, if it answered.</summary>
    public NodeObservation? Find(NodeId id) => Nodes.FirstOrDefault(node => node.Id == id);

    /// <summary>One line: how many nodes answer and what they are; why the others do not.</summary>
    public override string ToString()
    {
        var servers = string.Join(", ", Nodes.Select(node => node.Server).Distinct());
        var owners = Nodes.Count(node => node.IsPrimary && !node.Slots.IsEmpty);
        return $"{Nodes.Length} of {Sightings.Length} nodes answer ({servers}): {owners} with slots, {Nodes.Count(node => node.IsReplica)} replicas, "
            + $"{Nodes.Where(node => node.IsPrimary).Sum(node => node.KeyCount)} keys"
            + string.Concat(Sightings.Where(sighting => sighting is not NodeObservation).Select(sighting => $"; {sighting}"));
    }
}
