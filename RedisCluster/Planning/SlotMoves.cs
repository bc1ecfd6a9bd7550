using System.Collections.Immutable;
using RedisCluster.Topology;

namespace RedisCluster.Planning;

/// <summary>Slots move between live primaries until the shares of the chosen ones differ by one at most and all others have none.</summary>
internal static class SlotMoves
{
    // What somebody moved by hand stays where it is as long as every share is this near to the mean: 54 of 5461 slots.
    private const double Tolerance = 0.01;

    public static Stage Plan(Situation situation, ImmutableArray<NodeObservation> primaries)
    {
        NodeObservation[] owners = [.. primaries, .. situation.Owners.Where(owner => !primaries.Contains(owner))];
        var balance = SlotBalancer.Balance([.. owners.Select(node => node.Slots)], primaries.Length);
        if (balance.Transfers.IsEmpty || situation.Wanted.IsAsFound || AreNearlyEqual(owners, primaries.Length))
        {
            return Stage.Nothing;
        }

        // Moves take long and change what everybody believes: they start from nodes that serve, views that agree, shards in sync.
        var unsettled = Invariants.Links(situation.Participants)
            .Concat(Invariants.States(situation.Participants))
            .Concat(Invariants.SlotOwners(situation.Participants))
            .Concat(Invariants.Epochs(situation.Participants))
            .Concat(Invariants.ReplicationLinks(situation.Participants))
            .ToArray();
        return unsettled.Length > 0
            ? Stage.WaitFor(unsettled.Select(broken => broken.Wait))
            : NodeTimeouts.Restore(situation)
                .Then(StayPrimaries(owners[primaries.Length..]))
                .Then(Moves(situation.Observation, [.. balance.Transfers.Select(transfer => (owners[transfer.From], owners[transfer.To], transfer.Slots))]));
    }

    private static bool AreNearlyEqual(NodeObservation[] owners, int shares)
    {
        var mean = (double)SlotSet.SlotCount / shares;
        return owners.Length == shares && owners.All(owner => Math.Abs(owner.Slots.Count - mean) <= mean * Tolerance);
    }

    /// <summary>A move, by the best method that its two nodes offer.</summary>
    /// <param name="observation">All nodes.</param>
    /// <param name="source">The owner.</param>
    /// <param name="target">The new owner.</param>
    /// <param name="slots">The slots.</param>
    /// <param name="isFirst">The one slot is the first that the target gets: no client knows the target yet.</param>
    public static MoveSlots Move(ClusterObservation observation, NodeObservation source, NodeObservation target, SlotSet slots, bool isFirst = false)
    {
        var waits = observation.Nodes.Any(node => node.Server.SetSlotWaitsForReplicas);
        return new MoveSlots(source.Reference, target.Reference, slots, ServersMove(source, target) ? MoveMethod.ByServer : isFirst && !waits ? MoveMethod.AtOnce : MoveMethod.InBatches)
        {
            TargetAddress = target.OwnAddress,
            OtherPrimaries =
            [
                .. observation.Nodes
                    .Where(node => node.IsPrimary && node.Id != source.Id && node.View.Find(target.Id) is { IsMyself: false })
                    .Select(node => node.Announced),
            ],
            Introducers = isFirst ? [] : [.. observation.Nodes.Where(node => !node.Slots.IsEmpty && node.Id != target.Id).Select(node => node.Announced)],
            ServerKind = source.Server.Kind,
            SetSlotWaits = waits,
        };
    }

    // A slot that was opened by hand has to be finished by hand.
    private static bool ServersMove(NodeObservation source, NodeObservation target) =>
        source.Server.Kind == target.Server.Kind
        && source.Server.MovesSlotsItself
        && target.Server.MovesSlotsItself
        && source.View.Myself.OpenSlots.IsEmpty
        && target.View.Myself.OpenSlots.IsEmpty;

    // An emptied primary would copy the data of the new owner, and a call that a client still sends to it would be answered by LOADING instead of MOVED.
    // The setting is not looked at, since setting it again does no harm, and not put back: the node is reset, and a restart forgets it.
    private static Stage StayPrimaries(IEnumerable<NodeObservation> emptied) =>
        Stage.Of("nodes that lose all slots stay primaries", emptied.Select(node => new StayPrimary(node.Announced)));

    // All new owners get their first slot before any of them is shown to clients: StackExchange.Redis, reading the topology, notes the nodes without slots and
    // from then on connects with one only when a MOVED names it, which is too late for an ASK.
    private static Stage Moves(ClusterObservation observation, ImmutableArray<(NodeObservation Source, NodeObservation Target, SlotSet Slots)> transfers)
    {
        var (firsts, others) = (new List<MoveSlots>(), new List<MoveSlots>());
        foreach (var (source, target, slots) in transfers)
        {
            var first = target.Slots.IsEmpty && firsts.All(move => move.Target != target.Reference) ? slots.Lowest(1) : SlotSet.Empty;
            if (!first.IsEmpty)
            {
                firsts.Add(Move(observation, source, target, first, isFirst: true));
            }

            if (!slots.IsSubsetOf(first))
            {
                others.Add(Move(observation, source, target, slots.Except(first)));
            }
        }

        return InOrder("new owners get their first slot", firsts).Then(InOrder("slots move to where they belong", others));
    }

    /// <summary>Moves that share a node follow each other; the others may run side by side.</summary>
    public static Stage InOrder(string purpose, IEnumerable<MoveSlots> moves)
    {
        var steps = new List<List<MoveSlots>>();
        foreach (var move in moves)
        {
            var after = steps.FindLastIndex(step => step.Any(other => SharesNode(other, move)));
            if (after == steps.Count - 1)
            {
                steps.Add([]);
            }

            steps[after + 1].Add(move);
        }

        return steps.Aggregate(Stage.Nothing, (all, step) => all.Then(Stage.Of(purpose, step)));
    }

    private static bool SharesNode(MoveSlots one, MoveSlots other) =>
        one.Source == other.Source || one.Target == other.Target || one.Source == other.Target || one.Target == other.Source;
}
