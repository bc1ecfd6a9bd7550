namespace ClusterInitializer.Planning;

/// <summary>
/// A primary that was alone waits for min(max(cluster-node-timeout, 500 ms), 5 s) before it serves. With 500 ms a new
/// cluster is ready after 0.6 s instead of 5 s. Only while no primary serves anything, and always put back.
/// </summary>
internal static class NodeTimeouts
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(500);

    public static Stage Shorten(Situation situation, Stage next)
    {
        var meets = next.Steps.SelectMany(step => step.Actions).Any(action => action is Meet);
        var nobodyServes = situation.Owners.All(owner => !owner.ClusterStateOk);
        return nobodyServes && (meets || situation.IsForming)
            ? Stage.Of("a short node timeout while nobody serves", situation.Participants
                .Where(node => node.NodeTimeout > Short && situation.Wanted.NodeTimeout > Short)
                .Select(node => new SetNodeTimeout(node.Announced, Short)))
            : Stage.Nothing;
    }

    public static Stage Restore(Situation situation) =>
        Stage.Of("the wanted node timeout", situation.Nodes
            .Where(node => node.NodeTimeout != situation.Wanted.NodeTimeout)
            .Select(node => new SetNodeTimeout(node.Announced, situation.Wanted.NodeTimeout)));
}
