using System.Collections.Immutable;
using RedisCluster.Topology;

namespace RedisCluster.Planning;

/// <summary>An id that some listed nodes know and no listed node has: what is left of a node that lost its identity, or a node of somebody else.</summary>
/// <param name="Id">The id.</param>
/// <param name="Seen">Who knows it, and as what.</param>
/// <param name="OrphanedSlots">Slots that are believed to be its own and that no listed node claims.</param>
/// <param name="Replicas">The listed nodes that are its replicas, the one with the newest data first.</param>
internal sealed record Stranger(
    NodeId Id,
    ImmutableArray<(NodeObservation Observer, NodeEntry Entry)> Seen,
    SlotSet OrphanedSlots,
    ImmutableArray<NodeObservation> Replicas)
{
    /// <summary>
    /// Some node talks to it, and not at an address where a listed node answers by now: then it is not gone, it is foreign.
    /// </summary>
    public bool IsAlive(IEnumerable<NodeObservation> listed) =>
        Seen.Any(seen => seen.Entry.IsHealthy && !listed.Any(node => seen.Entry.IsAt(node.OwnAddress)));

    /// <summary>Whether a listed node may be what became of it: it was at that node's address, or its address is known to answer with another id.</summary>
    public bool MayBe(NodeObservation node) => Seen.Any(seen =>
        seen.Entry.HasNoAddress
        || seen.Entry.IsAt(node.OwnAddress)
        || (seen.Entry.HostName == node.Announced.Host && seen.Entry.Port == node.Announced.Port));

    /// <summary>It took slots over that the node still claims: what is left of it may have the newer keys.</summary>
    public bool IsNewer(NodeObservation node) => Seen.Any(seen => seen.Entry.ConfigEpoch > node.View.Myself.ConfigEpoch && seen.Entry.Slots.Overlaps(node.Slots));

    public override string ToString()
    {
        var entry = Seen.Select(seen => seen.Entry).OrderByDescending(entry => entry.Port).First();
        return entry.Port == 0 ? $"{Id}" : $"{Id} at {entry.Ip}:{entry.Port}";
    }
}
