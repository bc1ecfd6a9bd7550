using RedisCluster.Topology;

namespace RedisCluster.Planning;

/// <summary>Primaries that lost their identity or their data: a replica takes their slots before anything else happens to the shard.</summary>
internal static class LostNodes
{
    public static Stage TakeOver(Situation situation)
    {
        var orphans = situation.Strangers
            .Select(stranger => stranger.Replicas.FirstOrDefault(replica =>
                HasOnlyCopy(situation, replica) || (!stranger.OrphanedSlots.IsEmpty && (replica.KeyCount > 0 || !IsSurvived(situation, stranger)))))
            .OfType<NodeObservation>()
            .Select(replica => new FailOver(replica.Announced, ModeOf(situation, replica)));

        // A primary that came back empty is copied by its replica as soon as the link is up, and the shard is gone.
        // The empty primary is alive and would outvote nobody, so no vote is asked for. One that goes on from the replica's data is not empty by an accident: it took over
        // from that very node, which got a write in the same moment, and may have acknowledged others since.
        var emptied = situation.Owners
            .Where(primary => primary.KeyCount == 0)
            .Select(primary => situation.ReplicasOf(primary)
                .Where(replica => replica is { KeyCount: > 0, Replication.LinkUp: false } && !IsContinuedBy(replica, primary))
                .MaxBy(replica => replica.Replication!.Offset))
            .OfType<NodeObservation>()
            .Select(replica => new FailOver(replica.Announced, FailOverMode.TakeOver));

        return Stage.Of("replicas of lost or emptied primaries take over", orphans.Concat(emptied));
    }

    /// <summary>How the replica of a primary that is gone takes over: by the votes of the primaries that are left, or without when they are no majority.</summary>
    public static FailOverMode ModeOf(int voters, int primaries) => voters > primaries / 2 ? FailOverMode.Force : FailOverMode.TakeOver;

    /// <summary>
    /// Forgets ids that no node has any more. A replica refuses to forget its primary: it gets another one first. The last node
    /// of a cluster meets others first: alone with its keys it could not be told from a node of somebody else.
    /// </summary>
    public static Stage Forget(Situation situation) => situation.Main.Length == 1 && situation.Nodes.Length > 1
        ? Stage.Nothing
        : Stage.Of("forget ids that no node has any more",
            from stranger in situation.Strangers
            from seen in stranger.Seen
            where seen.Observer.View.Myself.PrimaryId != stranger.Id
            orderby situation.Nodes.IndexOf(seen.Observer)
            select new Forget(seen.Observer.Announced, stranger.Id));

    private static bool IsContinuedBy(NodeObservation replica, NodeObservation primary) =>
        replica.History is { } ofReplica && primary.History is { } ofPrimary && ofPrimary.Continues(ofReplica);

    // Somebody has some of its slots, and an empty replica would take them over with all others: the keys in them would be deleted.
    private static bool IsSurvived(Situation situation, Stranger stranger) => stranger.Seen.Any(seen => seen.Entry.Slots.Overlaps(situation.Claimed));

    // Its primary was lost before the others heard what it owned.
    private static bool HasOnlyCopy(Situation situation, NodeObservation replica) => !replica.SlotsWithKeys.IsSubsetOf(situation.Claimed);

    private static FailOverMode ModeOf(Situation situation, NodeObservation replica)
    {
        var lost = situation.Strangers.Count(stranger => !stranger.OrphanedSlots.IsEmpty);
        var owners = situation.Owners.Where(situation.Main.Contains).ToArray();
        return ModeOf(owners.Count(owner => replica.View.Find(owner.Id) is { IsHealthy: true }), owners.Length + lost);
    }
}
