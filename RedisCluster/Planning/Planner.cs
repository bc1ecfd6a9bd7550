using RedisCluster.Topology;

namespace RedisCluster.Planning;

/// <summary>
/// Decides from what is seen now, and from nothing else, what to do next. A plan goes only as far as its observation stays
/// true; the state after any of its actions is a valid observation for the next pass. The first rule with something to say
/// makes the plan:
/// <code>
/// | seen                                               | planned                                                                  |
/// |----------------------------------------------------|--------------------------------------------------------------------------|
/// | impossible settings, unusable or too old node      | refused                                                                  |
/// | a node does not answer, loads, or moves slots      | wait                                                                     |
/// | live node that is not listed; two clusters         | refused                                                                  |
/// | keys on a node of no cluster, not missing anywhere | refused                                                                  |
/// | slots of a node that is gone without any trace     | refused                                                                  |
/// | primary lost its id, replica has fewer keys        | refused                                                                  |
/// | primary lost its id or its data, replica has both  | replica takes over, before anything else                                 |
/// | node lost nodes.conf; its keys are copies          | flushed and reset, then as a new node                                    |
/// | node lost nodes.conf; its keys are the only ones   | old id forgotten, then met with its slots                                |
/// | ids that no node has any more                      | forgotten by all at once                                                 |
/// | owner that was away when another took its slots    | full-mesh meet, wait until gossip has taken them from it                 |
/// | two nodes claim a slot                             | the one with keys keeps it; refused when both have                       |
/// | nothing stored, not complete: all new, or killed   | short node timeout, epochs, slots, full-mesh meet                        |
/// | node unknown, noaddr, or lost at an old address    | full-mesh meet of those; replicas dial anew                              |
/// | primary behind the epoch that others know of it    | new epoch                                                                |
/// | open slot                                          | finished towards migrated keys, else closed                              |
/// | slot without owner                                 | to the node with its keys, else where believed, else where it balances   |
/// | leaving primary with a replica that stays          | fails over to it, so that no slot has to move                            |
/// | too few primaries                                  | nodes without a role, else replicas that are reset                       |
/// | empty shard, its primary stands in for a replica   | replica takes over, one shard after the other                            |
/// | shard without its replicas                         | replicate, as soon as the replica knows the primary                      |
/// | replica in sync that a node hides from clients     | it meets the replica again                                               |
/// | shares of slots differ by more than one            | the fewest moves, once all serve, agree and are in sync                  |
/// | leaving nodes without slots                        | reset and forgotten, once the others are complete                        |
/// | anything of the readiness predicate is broken      | wait for it                                                              |
/// | node timeout is not the wanted one                 | set                                                                      |
/// | none of these                                      | done                                                                     |
/// </code>
/// </summary>
internal static class Planner
{
    /// <summary>The next plan for the listed nodes, or why there is none.</summary>
    public static PlanningResult Plan(ClusterObservation observation, WantedCluster wanted)
    {
        if (Refusals.BeforeAll(observation, wanted) is { } refusal)
        {
            return refusal;
        }

        if (Waits.UntilAllAnswer(observation) is { IsNothing: false } unanswered)
        {
            return new Plan([], unanswered.Waits);
        }

        var situation = new Situation(observation, wanted);
        if (Refusals.Find(situation) is { } foreign)
        {
            return foreign;
        }

        var shape = new Lazy<Shape>(() => Shape.Of(situation));
        var stage = Rules(situation, shape).Select(rule => rule()).FirstOrDefault(stage => !stage.IsNothing, Stage.Nothing);
        stage = NodeTimeouts.Shorten(situation, shape.Value.Primaries, stage).Then(stage);
        return new Plan(stage.Steps, stage.Waits);
    }

    private static IEnumerable<Func<Stage>> Rules(Situation situation, Lazy<Shape> shape)
    {
        yield return () => LostNodes.TakeOver(situation);
        yield return () => Outsiders.Prepare(situation);
        yield return () => LostNodes.Forget(situation);
        yield return () => SlotRepairs.Disputes(situation);
        yield return () => Forming.Plan(situation, shape.Value);
        yield return () => Meetings.Plan(situation).Then(Meetings.Redial(situation));
        yield return () => SlotRepairs.Epochs(situation);
        yield return () => SlotRepairs.OpenSlots(situation);
        yield return () => Forming.IsUncovered(situation) ? Waits.ForLinks(situation) : Stage.Nothing;
        yield return () => SlotRepairs.Coverage(situation, shape.Value.Primaries);
        yield return () => shape.Value.Preparation;
        yield return () => YoungPrimaries.TakeOver(situation);
        yield return () => ReplicaPlacement.Plan(situation, shape.Value.Primaries).Then(ReplicaPlacement.Nudge(situation)).Then(ReplicaPlacement.Remeet(situation));
        yield return () => SlotMoves.Plan(situation, shape.Value.Primaries);
        yield return () => LeavingNodes.Plan(situation);
        yield return () => Waits.ForReadiness(situation);
        yield return () => NodeTimeouts.Restore(situation);
    }
}
