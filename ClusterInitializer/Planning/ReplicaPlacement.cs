using System.Collections.Immutable;
using ClusterInitializer.Topology;

namespace ClusterInitializer.Planning;

/// <summary>Gives each chosen primary its replicas, leaving those that are right where they are.</summary>
internal static class ReplicaPlacement
{
    public static Stage Plan(Situation situation, ImmutableArray<NodeObservation> primaries)
    {
        var settled = primaries.ToDictionary(primary => primary.Id, primary =>
            situation.ReplicasOf(primary).Where(situation.Members.Contains).Take(situation.Wanted.ReplicasPerShard).ToList());
        var free = situation.Members
            .Where(node => node.Slots.IsEmpty && !primaries.Contains(node) && !settled.Values.Any(replicas => replicas.Contains(node)))
            .Where(node => !GuardsDrainedPrimary(situation, primaries, node))
            .ToList();
        var (actions, waits) = (new List<ClusterAction>(), new List<string>());
        foreach (var primary in primaries)
        {
            foreach (var replica in free.Take(situation.Wanted.ReplicasPerShard - settled[primary.Id].Count).ToArray())
            {
                free.Remove(replica);

                // "Unknown node" until gossip brought the primary, "I can only replicate a master" until it brought its role.
                if (replica.View.Find(primary.Id) is { IsPrimary: true })
                {
                    actions.Add(new Replicate(replica.Announced, primary.Reference));
                }
                else
                {
                    waits.Add($"{replica.Announced} to know {primary.Announced} as a primary");
                }
            }
        }

        return Stage.Of("shards get their replicas", actions).Then(Stage.WaitFor(waits));
    }

    /// <summary>Replicas in sync whose offset is 0, which CLUSTER SLOTS hides.</summary>
    public static Stage Nudge(Situation situation) =>
        Stage.Of("make replicas of empty primaries visible to clients", situation.Owners
            .Where(primary => situation.ReplicasOf(primary).Any(replica => replica.Replication is { LinkUp: true, Offset: 0 }))
            .Select(primary => new NudgeReplication(primary.Announced)));

    /// <summary>The replica of a primary that is being drained stays with it as long as there is data to guard.</summary>
    private static bool GuardsDrainedPrimary(Situation situation, ImmutableArray<NodeObservation> primaries, NodeObservation replica) =>
        situation.Owners.Any(owner => owner.Id == replica.View.Myself.PrimaryId && !primaries.Contains(owner));
}
