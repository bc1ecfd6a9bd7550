using RedisCluster.Topology;

namespace RedisCluster.Planning;

/// <summary>What no plan may touch: settings that cannot be, nodes that cannot join, and clusters that are not ours.</summary>
internal static class Refusals
{
    /// <summary>Refusals that hold whether or not all nodes answer.</summary>
    public static Refusal? BeforeAll(ClusterObservation observation, WantedCluster wanted)
    {
        if (wanted.IsAsFound)
        {
            if (observation.Nodes.Any() && observation.Nodes.All(node => node.Slots.IsEmpty))
            {
                return new(null, "a cluster to take the shape from", "no node with slots", "say --shards and --replicas, or name other nodes");
            }
        }
        else if (wanted.Shards < SettingLimits.FewestShards || wanted.ReplicasPerShard < 0)
        {
            return new(null, $"at least {SettingLimits.FewestShards} shards, which a majority needs, and 0 or more replicas each",
                $"{wanted.Shards} shards with {wanted.ReplicasPerShard} replicas", "set RedisCluster:Shards and RedisCluster:ReplicasPerShard");
        }

        if (wanted.Nodes.Distinct().Count() != wanted.Nodes.Length || wanted.Nodes.Length < wanted.NodeCount)
        {
            return new(null, $"{wanted.NodeCount} different nodes for {wanted.Shards} shards with {wanted.ReplicasPerShard} replicas each",
                string.Join(", ", wanted.Nodes), "list each node once in RedisCluster:Nodes");
        }

        if (observation.Sightings.OfType<UnusableNode>().FirstOrDefault() is { } unusable)
        {
            return new(unusable.Announced, "a node that can be part of a cluster", unusable.Reason, "correct its configuration and restart it");
        }

        if (observation.Nodes.FirstOrDefault(node => node.Server.IsTooOld) is { } old)
        {
            return new(old.Announced, "Redis 7.0 or Valkey 7.2, or later", $"{old.Server}", "run a newer server");
        }

        return observation.Nodes.GroupBy(node => node.Id).FirstOrDefault(group => group.Count() > 1) is { } twins
            ? new(twins.First().Announced, "an id of its own", $"the same id as {twins.Last().Announced}",
                "list each node once, and never copy nodes.conf from one node to another")
            : null;
    }

    /// <summary>Refusals that need every listed node's view.</summary>
    public static Refusal? Find(Situation situation) => Foreign(situation) ?? KeysWithoutCluster(situation) ?? AheadOfHeir(situation) ?? OtherClusters(situation) ?? LostWithSlots(situation) ?? ContestedKeys.Find(situation);

    private static Refusal? Foreign(Situation situation)
    {
        if (situation.Strangers.FirstOrDefault(stranger => stranger.IsAlive(situation.Nodes)) is not { } stranger)
        {
            return null;
        }

        var (observer, entry) = stranger.Seen.First(seen => seen.Entry.IsHealthy);
        return new(observer.Announced, "a cluster of the listed nodes only", $"live node {stranger} with slots {entry.Slots}",
            "list it in RedisCluster:Nodes, after the nodes that stay if it has to leave, or point to another cluster's nodes")
        {
            // A node that vanished without a word looks alive for that long: it is pinged twice in a node timeout, and given up one after the ping.
            BelievedAfter = (1.5 * observer.NodeTimeout) + TimeSpan.FromSeconds(1),
        };
    }

    private static Refusal? KeysWithoutCluster(Situation situation) =>
        situation.Main is [{ KeyCount: > 0 } alone] && !alone.View.Peers.Any() && situation.Nodes.Length > 1
            ? new(alone.Announced, "no keys on a node that belongs to no cluster", $"{alone.KeyCount} keys",
                "keep them elsewhere and empty the node with FLUSHALL, or start it with another data folder")
            : null;

    /// <summary>Its replica would take over with fewer keys, and it would be emptied.</summary>
    private static Refusal? AheadOfHeir(Situation situation) =>
        situation.Outsiders.Select(node => (Node: node, Heir: Outsiders.HeirBehind(situation, node))).FirstOrDefault(pair => pair.Heir is not null) is ({ } node, { } heir)
            ? new(node.Announced, $"no more keys on a node that lost its nodes.conf than the {heir.KeyCount} of {heir.Announced}, which would take over", $"{node.KeyCount}",
                "give it its nodes.conf back, or keep elsewhere what it alone has and empty it with FLUSHALL")
            : null;

    private static Refusal? OtherClusters(Situation situation)
    {
        foreach (var group in situation.Groups().Where(group => !situation.Main.Contains(group[0])))
        {
            var contested = group.Aggregate(SlotSet.Empty, (all, node) => all.Union(node.Slots))
                .Intersect(situation.Main.Aggregate(SlotSet.Empty, (all, node) => all.Union(node.Slots)));
            var keys = group.Sum(node => node.KeyCount);
            if (group.Length > 1 ? keys > 0 || !contested.IsEmpty : keys > 0 && Outsiders.Judge(situation, group[0]) is OutsiderKind.Foreign)
            {
                var names = string.Join(", ", group.Select(node => node.Announced));
                return group.Length == 1 && !group[0].View.Peers.Any()
                    ? new(group[0].Announced, "no keys on a node that belongs to no cluster, unless they are what the cluster misses",
                        $"{keys} keys in slots {group[0].Slots}", "keep them elsewhere and empty the node with FLUSHALL, or start it with another data folder")
                    : new(group[0].Announced, "one cluster", $"a second one of {names} with {keys} keys, both owning slots {contested}",
                        "empty and reset the nodes of the one that is not wanted");
            }
        }

        return null;
    }

    /// <summary>A primary that answers to nobody, has no replica here, and is none of the empty nodes: its data may still exist.</summary>
    private static Refusal? LostWithSlots(Situation situation)
    {
        var lost = situation.Strangers.Where(stranger => !stranger.OrphanedSlots.IsEmpty && stranger.Replicas.IsEmpty).ToArray();
        var candidates = situation.Nodes
            .Where(node => (node.Slots.IsEmpty && !node.IsReplica) || Outsiders.Judge(situation, node) is OutsiderKind.Survivor)
            .ToArray();
        var unexplained = lost.FirstOrDefault(stranger => !candidates.Any(stranger.MayBe)) ?? lost.Skip(candidates.Length).FirstOrDefault();
        return unexplained is null
            ? null
            : new(unexplained.Seen[0].Observer.Announced, $"an answer from {unexplained}, the owner of slots {unexplained.OrphanedSlots}",
                "none, and no listed node can be it or is its replica",
                "start it and list it in RedisCluster:Nodes, or give its keys up with CLUSTER FORGET on every node");
    }
}
