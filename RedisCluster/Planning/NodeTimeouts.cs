using RedisCluster.Topology;

namespace RedisCluster.Planning;

/// <summary>
/// A primary that was alone waits for min(max(cluster-node-timeout, 500 ms), 5 s) before it serves. With 500 ms a new
/// cluster is ready after 0.6 s instead of 5 s, and so is one that was apart for longer than its node timeout. Only while
/// nobody serves, or on primaries that do not yet, and always put back.
/// </summary>
internal static class NodeTimeouts
{
    public static readonly TimeSpan Short = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Nodes that gave one another up count as failed as soon as the first of them meet and tell, and that is taken back after twice the node timeout. A
    /// replica begins its election 500 ms after the failure at the earliest: with this timeout roles stay as they are.
    /// </summary>
    private static readonly TimeSpan ShorterThanElections = TimeSpan.FromMilliseconds(250);

    /// <param name="situation">The situation.</param>
    /// <param name="primaries">The nodes that are to be primaries; the new ones among them serve nothing yet.</param>
    /// <param name="next">
    /// What is planned: nodes that meet somebody have that wait ahead, and a plan that has only waits may wait for nothing else. Nodes that have lost one
    /// another, but not given up yet, meet first: a short timeout would make them.
    /// </param>
    public static Stage Shorten(Situation situation, IEnumerable<NodeObservation> primaries, Stage next)
    {
        var meets = next.Steps.SelectMany(step => step.Actions).OfType<Meet>().Select(meet => meet.Node).ToHashSet();
        var onlyWaits = next.Steps.IsEmpty && !next.Waits.IsEmpty;
        var gaveUp = situation.Participants.Any(node => situation.Participants.Any(peer => node.View.Find(peer.Id) is { IsFailing: true }));
        var nobodyServes = situation.Owners.All(owner => !owner.ClusterStateOk) && ((meets.Count > 0 && gaveUp) || situation.IsForming || onlyWaits);
        var waiting = primaries.Where(node => !node.ClusterStateOk && (node.Slots.IsEmpty ? meets.Contains(node.Announced) : onlyWaits && HearsEveryone(situation, node)));
        return Stage.Of("a short node timeout for nodes that serve nothing", (nobodyServes ? situation.Participants : waiting)
            .Where(node => node.NodeTimeout > Short && situation.Wanted.NodeTimeout > Short)
            .Select(node => new SetNodeTimeout(node.Announced, gaveUp ? ShorterThanElections : Short)));
    }

    public static Stage Restore(Situation situation) =>
        Stage.Of("the wanted node timeout", situation.Nodes
            .Where(node => node.NodeTimeout != situation.Wanted.NodeTimeout)
            .Select(node => new SetNodeTimeout(node.Announced, situation.Wanted.NodeTimeout)));

    private static bool HearsEveryone(Situation situation, NodeObservation node) =>
        situation.Participants.All(peer => peer.Id == node.Id || node.View.Find(peer.Id) is { IsHealthy: true });
}
