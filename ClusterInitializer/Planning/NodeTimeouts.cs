using ClusterInitializer.Topology;

namespace ClusterInitializer.Planning;

/// <summary>
/// A primary that was alone waits for min(max(cluster-node-timeout, 500 ms), 5 s) before it serves. With 500 ms a new
/// cluster is ready after 0.6 s instead of 5 s. Only while nobody serves, or on new primaries, and always put back.
/// </summary>
internal static class NodeTimeouts
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(500);

    /// <param name="situation">The situation.</param>
    /// <param name="primaries">The nodes that are to be primaries; the new ones among them serve nothing yet.</param>
    /// <param name="next">What is planned: only who meets somebody has to wait.</param>
    public static Stage Shorten(Situation situation, IEnumerable<NodeObservation> primaries, Stage next)
    {
        var meets = next.Steps.SelectMany(step => step.Actions).OfType<Meet>().Select(meet => meet.Node).ToHashSet();
        var nobodyServes = situation.Owners.All(owner => !owner.ClusterStateOk) && (meets.Count > 0 || situation.IsForming);
        var idle = primaries.Where(node => node.Slots.IsEmpty && !node.ClusterStateOk && meets.Contains(node.Announced));
        return Stage.Of("a short node timeout for nodes that serve nothing", (nobodyServes ? situation.Participants : idle)
            .Where(node => node.NodeTimeout > Short && situation.Wanted.NodeTimeout > Short)
            .Select(node => new SetNodeTimeout(node.Announced, Short)));
    }

    public static Stage Restore(Situation situation) =>
        Stage.Of("the wanted node timeout", situation.Nodes
            .Where(node => node.NodeTimeout != situation.Wanted.NodeTimeout)
            .Select(node => new SetNodeTimeout(node.Announced, situation.Wanted.NodeTimeout)));
}
