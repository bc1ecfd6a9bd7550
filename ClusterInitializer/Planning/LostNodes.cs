using ClusterInitializer.Topology;

namespace ClusterInitializer.Planning;

/// <summary>Primaries that lost their identity or their data: a replica takes their slots before anything else happens to the shard.</summary>
internal static class LostNodes
{
    public static Stage TakeOver(Situation situation)
    {
        var orphans = situation.Strangers
            .Where(stranger => !stranger.OrphanedSlots.IsEmpty && !stranger.Replicas.IsEmpty)
            .Select(stranger => stranger.Replicas[0])
            .Select(replica => new FailOver(replica.Announced, HasMajority(situation, replica) ? FailOverMode.Force : FailOverMode.TakeOver));

        // A primary that came back empty is copied by its replica as soon as the link is up, and the shard is gone.
        // The empty primary is alive and would outvote nobody, so no vote is asked for.
        var emptied = situation.Owners
            .Where(primary => primary.KeyCount == 0)
            .Select(primary => situation.ReplicasOf(primary)
                .Where(replica => replica is { KeyCount: > 0, Replication.LinkUp: false })
                .MaxBy(replica => replica.Replication!.Offset))
            .OfType<NodeObservation>()
            .Select(replica => new FailOver(replica.Announced, FailOverMode.TakeOver));

        return Stage.Of("replicas of lost or emptied primaries take over", orphans.Concat(emptied));
    }

    /// <summary>Forgets ids that no node has any more. A replica refuses to forget its primary: it gets another one first.</summary>
    public static Stage Forget(Situation situation) =>
        Stage.Of("forget ids that no node has any more",
            from stranger in situation.Strangers
            from seen in stranger.Seen
            where seen.Observer.View.Myself.PrimaryId != stranger.Id
            orderby situation.Nodes.IndexOf(seen.Observer)
            select new Forget(seen.Observer.Announced, stranger.Id));

    private static bool HasMajority(Situation situation, NodeObservation replica)
    {
        var lost = situation.Strangers.Count(stranger => !stranger.OrphanedSlots.IsEmpty);
        var owners = situation.Owners.Where(situation.Main.Contains).ToArray();
        var voters = owners.Count(owner => replica.View.Find(owner.Id) is { IsHealthy: true });
        return voters > (owners.Length + lost) / 2;
    }
}
