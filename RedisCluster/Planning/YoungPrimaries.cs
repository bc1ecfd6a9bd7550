namespace RedisCluster.Planning;

/// <summary>
/// A primary refuses to serve in the first two seconds of its process. A replica does not, and goes on serving when it is promoted. So nodes that were just started become a
/// cluster with all slots on nodes that are to be replicas; those that are to be primaries replicate them first, and take over as soon as they are in sync.
/// </summary>
internal static class YoungPrimaries
{
    // In whole seconds, rounded either way.
    private static readonly TimeSpan WorthReplacing = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MayBeYoung = TimeSpan.FromSeconds(2);

    /// <summary>Whether the nodes that are to be primaries begin as replicas.</summary>
    public static bool BeginAsReplicas(Situation situation) =>
        situation is { Claimed.IsEmpty: true, HasKeys: false, Wanted.ReplicasPerShard: > 0 } && situation.Members.All(node => node.Uptime <= WorthReplacing);

    /// <summary>
    /// One shard after the other: who takes over gives itself an epoch above all that it knows. A primary that stands in for its replica is known by the epoch that it was
    /// formed with, and by its place behind it in the listed order: a failover of an earlier time is accepted. On a slow machine it may serve already; then it hands over.
    /// </summary>
    public static Stage TakeOver(Situation situation)
    {
        var heirs =
            from primary in situation.Owners
            where primary.KeyCount == 0 && primary.View.Myself.ConfigEpoch == situation.Nodes.IndexOf(primary) + 1 && (primary.ClusterStateOk || primary.Uptime <= MayBeYoung)
            let heir = situation.ReplicasOf(primary).FirstOrDefault()
            where heir is { ClusterStateOk: true, KeyCount: 0, Replication.LinkUp: true } && situation.Nodes.IndexOf(heir) < situation.Nodes.IndexOf(primary)
            where situation.Members.Where(node => node.IsPrimary).All(node => heir.View.Find(node.Id) is { } known
                && known.ConfigEpoch == node.View.Myself.ConfigEpoch && known.Slots.Equals(node.Slots))
            select new FailOver(heir.Announced, primary.ClusterStateOk ? FailOverMode.Graceful : FailOverMode.TakeOver);
        return Stage.Of("replicas take over from primaries that stand in for them", heirs.Take(1));
    }
}
