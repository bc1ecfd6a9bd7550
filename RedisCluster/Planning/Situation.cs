using System.Collections.Immutable;
using RedisCluster.Topology;

namespace RedisCluster.Planning;

/// <summary>What an observation amounts to: facts that several rules need, derived once. All listed nodes were reached.</summary>
internal sealed class Situation
{
    private readonly Dictionary<NodeId, SlotSet> _claims;

    public Situation(ClusterObservation observation, WantedCluster wanted)
    {
        Observation = observation;
        Wanted = wanted;
        Nodes = observation.Nodes;
        Main = FindMain();
        _claims = Nodes.ToDictionary(node => node.Id, node => node.Slots.Except(TakenWhileAway(node)));
        Claimed = Nodes.Aggregate(SlotSet.Empty, (all, node) => all.Union(ClaimsOf(node)));
        Strangers = FindStrangers();
        Members = [.. Nodes.Where(node => wanted.Members.Contains(node.Announced))];
        Leaving = [.. Nodes.Where(node => wanted.Leaving.Contains(node.Announced))];
        Participants = [.. Nodes.Where(node => Members.Contains(node) || (Main.Contains(node) && Main.Length > 1))];
    }

    public ClusterObservation Observation { get; }

    public WantedCluster Wanted { get; }

    /// <summary>The listed nodes in their order.</summary>
    public ImmutableArray<NodeObservation> Nodes { get; }

    public ImmutableArray<NodeObservation> Members { get; }

    public ImmutableArray<NodeObservation> Leaving { get; }

    /// <summary>The nodes that know each other and have the keys and slots; the others have still to join them.</summary>
    public ImmutableArray<NodeObservation> Main { get; }

    /// <summary>The listed nodes outside <see cref="Main"/>.</summary>
    public IEnumerable<NodeObservation> Outsiders => Nodes.Where(node => !Main.Contains(node));

    /// <summary>The nodes that have to know each other now: members, and leaving nodes that have not left yet.</summary>
    public ImmutableArray<NodeObservation> Participants { get; }

    /// <summary>The slots that some listed node serves by its own account, which is not outdated.</summary>
    public SlotSet Claimed { get; }

    public ImmutableArray<Stranger> Strangers { get; }

    /// <summary>The primaries that serve slots, in the listed order.</summary>
    public IEnumerable<NodeObservation> Owners => Nodes.Where(node => !ClaimsOf(node).IsEmpty);

    public bool HasKeys => Nodes.Any(node => node.KeyCount > 0);

    /// <summary>A cluster is being made, or its making was interrupted: nothing is stored, and it never was complete.</summary>
    public bool IsForming => !HasKeys && Strangers.IsEmpty
        && (Claimed.Count < SlotSet.SlotCount || Members.Any(node => Members.Any(peer => !Knows(node, peer))));

    public static bool Knows(NodeObservation node, NodeObservation peer) => node.View.Find(peer.Id) is not null;

    /// <summary>The slots that the node serves, without those of <see cref="LostBy"/>.</summary>
    public SlotSet ClaimsOf(NodeObservation node) => _claims[node.Id];

    /// <summary>The slots that the node still claims because it was away when another took them over.</summary>
    public SlotSet LostBy(NodeObservation node) => node.Slots.Except(ClaimsOf(node));

    public NodeObservation? OwnerOf(int slot) => Nodes.FirstOrDefault(node => node.Slots.Contains(slot));

    public IEnumerable<NodeObservation> ReplicasOf(NodeObservation primary) => Nodes.Where(node => node.View.Myself.PrimaryId == primary.Id);

    /// <summary>The listed nodes connected by who knows whom, each group in the listed order.</summary>
    public IEnumerable<ImmutableArray<NodeObservation>> Groups()
    {
        var left = Nodes.ToList();
        while (left.Count > 0)
        {
            var group = new HashSet<NodeObservation>(ReferenceEqualityComparer.Instance) { left[0] };
            while (left.Where(node => !group.Contains(node) && group.Any(known => Knows(known, node) || Knows(node, known))).ToArray() is [_, ..] more)
            {
                group.UnionWith(more);
            }

            yield return [.. Nodes.Where(group.Contains)];
            left.RemoveAll(group.Contains);
        }
    }

    /// <summary>
    /// Who takes slots over, by an election or by a move, gets an epoch above all others, and whoever hears of it hears of the slots as well. So a claim is outdated
    /// when it knows nothing of a newer epoch of another owner. Trusted are only nodes that know one another; and one that is gone only for a replica with its keys.
    /// </summary>
    private SlotSet TakenWhileAway(NodeObservation node)
    {
        var taken =
            from witness in Nodes
            where Knows(witness, node) && Knows(node, witness)
            from entry in witness.View.Entries
            where entry.Id != node.Id
            let owner = Observation.Find(entry.Id)
            where owner is null ? Nodes.Any(replica => replica.View.Myself.PrimaryId == entry.Id && replica.KeyCount > 0) : Knows(owner, witness)
            let claim = owner?.View.Myself ?? entry
            where claim.ConfigEpoch > node.View.Myself.ConfigEpoch && claim.Slots.Overlaps(node.Slots)
            where node.View.Find(claim.Id) is not { IsPrimary: true } known || known.ConfigEpoch < claim.ConfigEpoch
            select claim.Slots;
        return taken.Aggregate(SlotSet.Empty, (all, slots) => all.Union(slots));
    }

    private ImmutableArray<NodeObservation> FindMain() => Groups()
        .OrderByDescending(group => group.Length > 1 && group.Any(node => !node.Slots.IsEmpty))
        .ThenByDescending(group => group.Any(node => node.KeyCount > 0))
        .ThenByDescending(group => group.Sum(node => node.Slots.Count))
        .ThenByDescending(group => group.Length)
        .FirstOrDefault([]);

    private ImmutableArray<Stranger> FindStrangers()
    {
        var own = Nodes.Select(node => node.Id).ToHashSet();
        return
        [
            .. from node in Nodes
               from entry in node.View.Peers
               where !own.Contains(entry.Id)
               group (node, entry) by entry.Id into seen
               orderby seen.Key.Value
               let slots = seen.Aggregate(SlotSet.Empty, (all, each) => all.Union(each.entry.Slots)).Except(Claimed)
               let replicas = Nodes.Where(node => node.View.Myself.PrimaryId == seen.Key).OrderByDescending(node => node.Replication?.Offset ?? 0)
               select new Stranger(seen.Key, [.. seen], slots, [.. replicas]),
        ];
    }
}
