using System.Collections.Immutable;
using RedisCluster.Topology;

namespace RedisCluster.Planning;

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

    /// <summary>Replicas in sync whose offset is 0, which CLUSTER SLOTS hides: also those of primaries that are about to get slots.</summary>
    public static Stage Nudge(Situation situation) =>
        Stage.Of("make replicas of empty primaries visible to clients",
            from primary in situation.Nodes
            from replica in situation.ReplicasOf(primary)
            where replica.Replication is { LinkUp: true, Offset: 0 }
            select new NudgeReplication(replica.Announced, primary.Reference));

    /// <summary>
    /// Nodes whose last word from a replica is of before it was in sync, which they hide: they meet it again, and its answer says how far it is. By
    /// itself it tells them within half a node timeout, which is soon when that is short.
    /// </summary>
    public static Stage Remeet(Situation situation) =>
        Stage.Of("nodes hear from replicas that they still hide from clients",
            from node in situation.Members
            from replica in situation.Members
            where replica.Replication is { LinkUp: true, Offset: > 0 } && node.Id != replica.Id && node.NodeTimeout > NodeTimeouts.Short
            let entry = node.View.Find(replica.Id)
            where entry is { IsHealthy: true, IsReplica: true } && entry.PrimaryId == replica.View.Myself.PrimaryId && Invariants.Hides(node, replica)
            let address = new BusAddress(entry.Ip, entry.Port, entry.BusPort)
            where !node.View.IsShakingHandsWith(address)
            select new Meet(node.Announced, replica.Announced, address));

    /// <summary>The replica of a primary that is being drained stays with it as long as there is data to guard.</summary>
    private static bool GuardsDrainedPrimary(Situation situation, ImmutableArray<NodeObservation> primaries, NodeObservation replica) =>
        situation.Owners.Any(owner => owner.Id == replica.View.Myself.PrimaryId && !primaries.Contains(owner));
}
