using System.Collections.Immutable;
using RedisCluster.Topology;

namespace RedisCluster.Planning;

/// <summary>Slots that are claimed twice, left open between two nodes, or owned by nobody.</summary>
internal static class SlotRepairs
{
    /// <summary>
    /// A slot with several claimants goes to the one with keys. One that was away when another took its slots over, as in a failover, only has to meet the
    /// others: it hears of the newer epoch, leaves the slots and replaces its keys. A new epoch would make it the owner again.
    /// </summary>
    public static Stage Disputes(Situation situation)
    {
        var losers = new Dictionary<(NodeObservation Loser, NodeObservation Winner), List<int>>();
        var owners = situation.Owners.ToArray();
        var contested = situation.Observation.SlotsInDoubt.Intersect(situation.Claimed);
        foreach (var slot in contested)
        {
            var claimants = owners.Where(owner => situation.ClaimsOf(owner).Contains(slot)).OrderByDescending(node => node.View.Myself.ConfigEpoch).ToArray();
            var winner = claimants.FirstOrDefault(node => node.SlotsWithKeys.Contains(slot)) ?? claimants[0];
            foreach (var loser in claimants.Where(node => node.Id != winner.Id))
            {
                losers.GetOrAdd((loser, winner)).Add(slot);
            }
        }

        var yields = losers.Select(pair => Yield(pair.Key.Loser, pair.Key.Winner, SlotSet.Of(pair.Value)));
        var bumps = losers.Keys.Select(pair => pair.Winner).Where(winner => situation.LostBy(winner).IsEmpty).Distinct().Select(winner => new BumpEpoch(winner.Announced));
        var outdated = situation.Nodes.Where(node => !situation.LostBy(node).IsEmpty).ToArray();
        return Stage.Of("one owner for slots that two claim", yields)
            .Then(Stage.Of("the owners' claims outrank the old ones", bumps))
            .Then(outdated.Length == 0 ? Stage.Nothing : Meetings.Plan(situation))
            .Then(Stage.WaitFor(outdated.Select(node => $"{node.Announced} to leave slots {situation.LostBy(node)} to {NewOwners(situation, node)}")));
    }

    private static string NewOwners(Situation situation, NodeObservation node) =>
        string.Join(" and ", situation.Owners.Where(owner => situation.ClaimsOf(owner).Overlaps(situation.LostBy(node))).Select(owner => owner.Announced));

    private static ClusterAction Yield(NodeObservation loser, NodeObservation winner, SlotSet slots) =>
        Situation.Knows(loser, winner) ? new SetSlotOwner(loser.Announced, slots, winner.Reference) : new DeleteSlots(loser.Announced, slots);

    /// <summary>
    /// A primary whose epoch is behind the one that another node knows of it: a replica that was reset has the epoch that it once had, and the others that of
    /// its shard, which they never lower. Its claims, and its replica in an election, would lose against its own past.
    /// </summary>
    public static Stage Epochs(Situation situation) => Stage.Of(
        "primaries behind the epoch that others know of them get a new one",
        situation.Participants
            .Where(primary => primary.IsPrimary && situation.Participants.Any(node =>
                node.View.Find(primary.Id) is { IsPrimary: true } entry && entry.ConfigEpoch > primary.View.Myself.ConfigEpoch))
            .Select(primary => new BumpEpoch(primary.Announced)));

    /// <summary>
    /// Open slots. Keys outside the owner were migrated there, or belong to a copy that was cut off: the slot follows them.
    /// Without such keys there is nothing to finish, and the slot stays where it is.
    /// </summary>
    public static Stage OpenSlots(Situation situation)
    {
        var closed = new Dictionary<NodeObservation, List<int>>();
        var moved = new Dictionary<(NodeObservation Owner, NodeObservation Holder), List<int>>();
        var primaries = situation.Nodes.Where(node => node.IsPrimary).ToArray();
        foreach (var slot in primaries.SelectMany(node => node.View.Myself.OpenSlots).Select(open => open.Slot).Distinct().Order())
        {
            var owner = situation.OwnerOf(slot);
            var holder = primaries.FirstOrDefault(node => node.SlotsWithKeys.Contains(slot) && node.Id != owner?.Id);
            if (owner is not null && holder is not null)
            {
                moved.GetOrAdd((owner, holder)).Add(slot);
            }
            else if (holder is null)
            {
                foreach (var node in primaries.Where(node => node.View.Myself.OpenSlots.Any(open => open.Slot == slot)))
                {
                    closed.GetOrAdd(node).Add(slot);
                }
            }
        }

        var unsettled = moved.Count == 0 ? [] : Invariants.Epochs(situation.Participants).Select(broken => broken.Wait);
        var waits = moved.Keys
            .Where(pair => pair.Owner.View.Find(pair.Holder.Id) is not { IsHealthy: true } || pair.Holder.View.Find(pair.Owner.Id) is not { IsHealthy: true })
            .Select(pair => $"{pair.Owner.Announced} and {pair.Holder.Announced} to be connected, to finish slots {SlotSet.Of(moved[pair])}")
            .Concat(unsettled)
            .ToArray();
        var moves = moved.Select(pair => SlotMoves.Move(
            situation.Observation, pair.Key.Owner, pair.Key.Holder, SlotSet.Of(pair.Value), isFirst: pair.Key.Holder.Slots.IsEmpty && pair.Value.Count == 1));
        return Stage.Of("close open slots that hold no migrated keys", closed.Select(pair => new SetSlotStable(pair.Key.Announced, SlotSet.Of(pair.Value))))
            .Then(waits.Length > 0 ? Stage.WaitFor(waits) : SlotMoves.InOrder("finish moves that were interrupted", moves));
    }

    /// <summary>Slots without owner go to the node that has keys in them, else to the node that others still believe to own them, else where they balance.</summary>
    public static Stage Coverage(Situation situation, ImmutableArray<NodeObservation> primaries)
    {
        var uncovered = situation.Claimed.Complement();
        if (uncovered.IsEmpty)
        {
            return Stage.Nothing;
        }

        var given = new Dictionary<NodeObservation, SlotSet>();
        var left = uncovered;
        foreach (var node in situation.Nodes.Where(node => node.IsPrimary))
        {
            Give(node, node.SlotsWithKeys);
        }

        foreach (var node in situation.Nodes.Where(node => node.IsPrimary && !node.Slots.IsEmpty))
        {
            Give(node, situation.Nodes.Aggregate(SlotSet.Empty, (all, observer) => all.Union(observer.View.Find(node.Id)?.Slots ?? SlotSet.Empty)));
        }

        var others = situation.Owners.Concat(given.Keys).Where(node => !primaries.Contains(node)).Distinct();
        NodeObservation[] owners = [.. primaries, .. others];
        var balance = SlotBalancer.Balance([.. owners.Select(node => node.Slots.Union(given.GetValueOrDefault(node, SlotSet.Empty)))], primaries.Length);
        for (var index = 0; index < owners.Length; index++)
        {
            Give(owners[index], balance.Added[index]);
        }

        return Assign(situation, given);

        void Give(NodeObservation node, SlotSet slots)
        {
            var some = slots.Intersect(left);
            if (!some.IsEmpty)
            {
                given[node] = given.GetValueOrDefault(node, SlotSet.Empty).Union(some);
                left = left.Except(some);
            }
        }
    }

    private static Stage Assign(Situation situation, Dictionary<NodeObservation, SlotSet> given)
    {
        var (claims, bumps) = (new List<ClusterAction>(), new List<ClusterAction>());
        foreach (var (node, slots) in given.OrderBy(pair => situation.Nodes.IndexOf(pair.Key)))
        {
            // A node that believes another owner answers "slot is already busy" to ADDSLOTSRANGE.
            var believedByItself = BelievedOfOthers(node, node).Intersect(slots);
            if (!slots.IsSubsetOf(believedByItself))
            {
                claims.Add(new AddSlots(node.Announced, slots.Except(believedByItself)));
            }

            if (!believedByItself.IsEmpty)
            {
                claims.Add(new SetSlotOwner(node.Announced, believedByItself, node.Reference));
            }

            if (situation.Nodes.Any(observer => BelievedOfOthers(observer, node).Overlaps(slots)))
            {
                bumps.Add(new BumpEpoch(node.Announced));
            }
        }

        return Stage.Of("slots without owner get one", claims).Then(Stage.Of("the owners' claims outrank the old ones", bumps));
    }

    private static SlotSet BelievedOfOthers(NodeObservation observer, NodeObservation node) =>
        observer.View.Entries.Where(entry => entry.Id != node.Id).Aggregate(SlotSet.Empty, (all, entry) => all.Union(entry.Slots));

    private static List<int> GetOrAdd<TKey>(this Dictionary<TKey, List<int>> lists, TKey key)
        where TKey : notnull => lists.TryGetValue(key, out var list) ? list : lists[key] = [];
}
