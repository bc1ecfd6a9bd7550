using RedisCluster.Topology;

namespace RedisCluster.Planning;

/// <summary>
/// A new cluster, or one whose making was interrupted: epochs, slots and meetings at once. Replicas follow in the next
/// passes, each as soon as gossip brought it its primary.
/// </summary>
internal static class Forming
{
    public static bool IsUncovered(Situation situation) => situation.Claimed.Count < SlotSet.SlotCount;

    public static Stage Plan(Situation situation, Shape shape)
    {
        if (!situation.IsForming || !shape.Preparation.IsNothing)
        {
            return Stage.Nothing;
        }

        // Refused once a node knows another or has an epoch. Left out, equal epochs resolve by themselves, one node after the other.
        var taken = situation.Nodes.Select(node => node.View.Myself.ConfigEpoch).ToHashSet();
        var epochs = situation.Members
            .Where(node => node.View.Entries.Length == 1 && node.View.Myself.ConfigEpoch == 0)
            .Select(node => new SetConfigEpoch(node.Announced, situation.Nodes.IndexOf(node) + 1))
            .Where(set => !taken.Contains(set.Epoch));
        return Stage.Of("every node has an epoch of its own", epochs)
            .Then(SlotRepairs.Coverage(situation, shape.Primaries))
            .Then(Meetings.Plan(situation));
    }
}
