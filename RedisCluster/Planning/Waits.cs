using RedisCluster.Topology;

namespace RedisCluster.Planning;

/// <summary>States that nothing but time changes.</summary>
internal static class Waits
{
    public static Stage UntilAllAnswer(ClusterObservation observation) => Stage.WaitFor(
    [
        .. observation.Sightings.OfType<UnreachableNode>().Select(node => $"{node.Announced} to answer, now {node.Reason}"),
        .. observation.Nodes.Where(node => node.IsLoading).Select(node => $"{node.Announced} to load its data from disk"),
        .. observation.Nodes.SelectMany(node => node.SlotMigrations).DistinctBy(move => (move.Source, move.Target, $"{move.Slots}"))
            .Select(move => $"the servers' own move of slots {move.Slots} from {Name(observation, move.Source)} to {Name(observation, move.Target)}"),
    ]);

    public static Stage ForLinks(Situation situation) =>
        Stage.WaitFor(Invariants.Links(situation.Participants).Select(broken => broken.Wait));

    public static Stage ForReadiness(Situation situation) => Stage.WaitFor(
        Invariants.Check(situation.Observation, situation.Wanted).Concat(Invariants.Collisions(situation.Participants)).Select(broken => broken.Wait));

    private static string Name(ClusterObservation observation, NodeId id) => observation.Find(id)?.Announced.ToString() ?? id.ToString();
}
