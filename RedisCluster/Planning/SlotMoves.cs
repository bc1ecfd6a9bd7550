using System.Collections.Immutable;
using RedisCluster.Topology;

namespace RedisCluster.Planning;

/// <summary>Slots move between live primaries until the shares of the chosen ones differ by one at most and all others have none.</summary>
internal static class SlotMoves
{
    public static Stage Plan(Situation situation, ImmutableArray<NodeObservation> primaries)
    {
        NodeObservation[] owners = [.. primaries, .. situation.Owners.Where(owner => !primaries.Contains(owner))];
        var balance = SlotBalancer.Balance([.. owners.Select(node => node.Slots)], primaries.Length);
        if (balance.Transfers.IsEmpty || situation.Wanted.IsAsFound)
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
            : NodeTimeouts.Restore(situation).Then(StayPrimaries(owners[primaries.Length..])).Then(Moves([.. balance.Transfers.Select(transfer => new MoveSlots(owners[transfer.From].Reference, owners[transfer.To].Reference, transfer.Slots))], owners));
    }

    // An emptied primary would copy the data of the new owner, and a call that a client still sends to it would be answered by LOADING instead of MOVED.
    // The setting is not looked at, since setting it again does no harm, and not put back: the node is reset, and a restart forgets it.
    private static Stage StayPrimaries(IEnumerable<NodeObservation> emptied) =>
        Stage.Of("nodes that lose all slots stay primaries", emptied.Select(node => new StayPrimary(node.Announced)));

    // All new owners get their first slot before any of them is shown to clients: StackExchange.Redis, reading the topology, notes the nodes without slots and
    // from then on connects with one only when a MOVED names it, which is too late for an ASK.
    private static Stage Moves(ImmutableArray<MoveSlots> moves, NodeObservation[] owners)
    {
        var firsts = owners.Where(owner => owner.Slots.IsEmpty)
            .Select(owner => moves.First(move => move.Target == owner.Reference))
            .ToDictionary(move => move, move => move with { Slots = SlotSet.Of([move.Slots.First()]) });
        return InOrder("new owners get their first slot", firsts.Values)
            .Then(InOrder("slots move to where they belong", moves
                .Select(move => firsts.TryGetValue(move, out var first) ? move with { Slots = move.Slots.Except(first.Slots) } : move)
                .Where(move => !move.Slots.IsEmpty)));
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
