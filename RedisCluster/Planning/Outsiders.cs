using RedisCluster.Topology;

namespace RedisCluster.Planning;

internal enum OutsiderKind
{
    /// <summary>It has no keys: it may join, after giving up claims that others have.</summary>
    Empty,

    /// <summary>It lost its nodes.conf and kept its data, and live shards have all of it: emptied, then joins.</summary>
    Copy,

    /// <summary>The same, and its replica has still to take over its slots.</summary>
    CopyOfFailing,

    /// <summary>It lost its nodes.conf, and its keys are the only ones left in their slots: joins with its keys and slots.</summary>
    Survivor,

    /// <summary>Its keys are nobody's we know: not touched.</summary>
    Foreign,
}

/// <summary>
/// Nodes that know none of the others. A node that starts with keys and without nodes.conf has a new id and claims, with
/// epoch 0, exactly the slots it has keys in.
/// </summary>
internal static class Outsiders
{
    public static OutsiderKind Judge(Situation situation, NodeObservation node)
    {
        if (situation.Main.Contains(node) || node.KeyCount == 0)
        {
            return OutsiderKind.Empty;
        }

        if (node.View.Peers.Any() || node.Slots.IsEmpty || situation.Main.Length < 2)
        {
            return OutsiderKind.Foreign;
        }

        var owners = situation.Main.Where(owner => situation.ClaimsOf(owner).Overlaps(node.Slots)).ToArray();
        var losers = Losers(situation, node);
        if (losers.Length > 0)
        {
            return HeirBehind(situation, node) is not null ? OutsiderKind.Foreign
                : losers.Any(stranger => stranger.Replicas.Any(replica => replica.KeyCount > 0)) ? OutsiderKind.CopyOfFailing
                : losers.All(stranger => stranger.MayBe(node)) ? OutsiderKind.Survivor
                : OutsiderKind.Foreign;
        }

        var ownedElsewhere = owners.Aggregate(SlotSet.Empty, (all, owner) => all.Union(situation.ClaimsOf(owner)));
        var former = situation.Strangers.Where(stranger => stranger.MayBe(node)).ToArray();
        if (node.Slots.IsSubsetOf(ownedElsewhere) && owners.All(owner => owner.KeyCount > 0 && !former.Any(stranger => stranger.IsNewer(owner))) && former.Length > 0)
        {
            return OutsiderKind.Copy;
        }

        var believed = situation.Main.SelectMany(observer => observer.View.Entries).Aggregate(SlotSet.Empty, (all, entry) => all.Union(entry.Slots));
        return node.Slots.Overlaps(believed) || situation.Main.All(owner => owner.Slots.IsEmpty) ? OutsiderKind.Foreign : OutsiderKind.Survivor;
    }

    /// <summary>
    /// The replica that would take over from a node that lost its nodes.conf, when it does not copy that node any more and has fewer keys: after all addresses changed
    /// it dials the old one, and what clients wrote since is on the node alone.
    /// </summary>
    public static NodeObservation? HeirBehind(Situation situation, NodeObservation node)
    {
        var heirs = Losers(situation, node).Select(stranger => stranger.Replicas.FirstOrDefault(replica => replica.KeyCount > 0)).OfType<NodeObservation>().ToArray();
        return heirs.Length > 0 && heirs.Sum(heir => heir.KeyCount) < node.KeyCount && !heirs.Any(heir => heir.Replication is { LinkUp: true } && CopiesFrom(heir, node)) ? heirs[0] : null;
    }

    // Ids that nobody has any more, whose slots the node claims and no other.
    private static Stranger[] Losers(Situation situation, NodeObservation node) =>
        situation.Main.Any(owner => situation.ClaimsOf(owner).Overlaps(node.Slots))
            ? []
            : [.. situation.Strangers.Where(stranger => stranger.Seen.Any(seen => seen.Entry.Slots.Overlaps(node.Slots)))];

    /// <summary>Makes outsiders fit to be met: gossip would settle a contested slot by epoch, and the loser would delete its keys.</summary>
    public static Stage Prepare(Situation situation)
    {
        var copies = situation.Outsiders.Where(node => Judge(situation, node) is OutsiderKind.Copy).ToArray();

        // FLUSHALL travels to replicas: they follow an address, not an id, and may still be copying from this node.
        var copiers = copies.SelectMany(copy => situation.Nodes.Where(node => node.IsReplica && CopiesFrom(node, copy)).Select(node => (copy, node))).ToArray();
        if (copiers.Length > 0)
        {
            return LeaveCopy(situation, copiers);
        }

        var taken = situation.Main.Aggregate(SlotSet.Empty, (all, node) => all.Union(node.Slots));
        var actions = new List<ClusterAction>(copies.Select(copy => new Reset(copy.Announced, ResetKind.FlushAndHard)));
        foreach (var node in situation.Outsiders.Where(node => node.KeyCount == 0))
        {
            var contested = node.Slots.Intersect(taken);
            if (!contested.IsEmpty)
            {
                actions.Add(new DeleteSlots(node.Announced, contested));
            }

            taken = taken.Union(node.Slots);
        }

        return Stage.Of("make nodes that lost their cluster fit to join it", actions);
    }

    private static Stage LeaveCopy(Situation situation, (NodeObservation Copy, NodeObservation Replica)[] copiers)
    {
        var (actions, waits) = (new List<ClusterAction>(), new List<string>());
        foreach (var (copy, replica) in copiers)
        {
            if (situation.Main.FirstOrDefault(node => node.Slots.Overlaps(copy.Slots) && replica.View.Find(node.Id) is { IsHealthy: true, IsPrimary: true }) is { } owner)
            {
                actions.Add(new Replicate(replica.Announced, owner.Reference));
            }
            else
            {
                waits.Add($"{replica.Announced} to stop copying from {copy.Announced}, which is to be emptied");
            }
        }

        return Stage.Of("replicas leave a node that is to be emptied", actions).Then(Stage.WaitFor(waits));
    }

    private static bool CopiesFrom(NodeObservation replica, NodeObservation node) =>
        replica.Replication is { } replication
        && replication.PrimaryAddress == new NodeAddress(node.OwnAddress.Ip, node.OwnAddress.Port);
}
