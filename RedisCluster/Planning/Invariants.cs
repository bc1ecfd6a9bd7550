using System.Collections.Immutable;
using RedisCluster.Topology;
using static RedisCluster.Planning.InvariantKind;

namespace RedisCluster.Planning;

/// <summary>
/// The readiness predicate: in every member's view all members are known and healthy, the same nodes own all 16384 slots,
/// each shard has its replicas in sync and CLUSTER SLOTS lists them. Used for readiness, reports and what a plan waits for.
/// </summary>
internal static class Invariants
{
    /// <summary>What does not hold, in the order of the listed nodes; empty when the cluster is ready.</summary>
    public static ImmutableArray<BrokenInvariant> Check(ClusterObservation observation, WantedCluster wanted)
    {
        ImmutableArray<NodeObservation> members = [.. observation.Nodes.Where(node => wanted.Members.Contains(node.Announced))];
        return
        [
            .. Answers(observation, wanted),
            .. Links(members),
            .. OnlyMembers(members, wanted),
            .. ServedSlots(members, wanted),
            .. States(members),
            .. SlotOwners(members),
            .. Replicas(members, wanted),
            .. ReplicationLinks(members),
            .. Roles(members),
            .. ListedForClients(members),
        ];
    }

    /// <summary>Every node knows every other and talks to it.</summary>
    public static IEnumerable<BrokenInvariant> Links(ImmutableArray<NodeObservation> nodes)
    {
        foreach (var (node, peer) in nodes.SelectMany(node => nodes.Where(peer => peer.Id != node.Id).Select(peer => (node, peer))))
        {
            if (node.View.Find(peer.Id) is not { } entry)
            {
                var found = node.View.IsShakingHandsWith(peer.OwnAddress) ? "in handshake" : "unknown";
                yield return new(AllKnownAndHealthy, node.Announced, $"{peer.Announced} known", found);
            }
            else if (!entry.IsHealthy)
            {
                yield return new(AllKnownAndHealthy, node.Announced, $"a healthy link to {peer.Announced}", Describe(entry));
            }
        }
    }

    /// <summary>Every node believes of every primary that it has the slots it claims, and no others.</summary>
    public static IEnumerable<BrokenInvariant> SlotOwners(ImmutableArray<NodeObservation> nodes) =>
        from node in nodes
        from owner in nodes
        where owner.IsPrimary
        let entry = node.View.Find(owner.Id)
        where entry is not null && !entry.Slots.Equals(owner.Slots)
        select new BrokenInvariant(SameSlotOwners, node.Announced, $"slots {owner.Slots} owned by {owner.Announced}", $"{entry.Slots}");

    /// <summary>
    /// Every node knows the epoch of every primary, and none is about to change. A node that takes a slot over gets an epoch above all that it knows. If the
    /// old owner has a newer one, what it said of its slots a moment ago wins, and the new owner deletes the keys again.
    /// </summary>
    public static IEnumerable<BrokenInvariant> Epochs(ImmutableArray<NodeObservation> nodes) => Collisions(nodes).Concat(
        from node in nodes
        from primary in nodes
        where primary.IsPrimary
        let entry = node.View.Find(primary.Id)
        where entry is not null && entry.ConfigEpoch != primary.View.Myself.ConfigEpoch
        select new BrokenInvariant(SameEpochs, node.Announced, $"epoch {primary.View.Myself.ConfigEpoch} of {primary.Announced} known", $"{entry.ConfigEpoch}"));

    /// <summary>No owner of slots has the epoch of another primary: one of the two gives itself a new one.</summary>
    public static IEnumerable<BrokenInvariant> Collisions(ImmutableArray<NodeObservation> nodes) =>
        from same in nodes.Where(node => node.IsPrimary).GroupBy(node => node.View.Myself.ConfigEpoch)
        where same.Count() > 1 && same.Any(node => !node.Slots.IsEmpty)
        select new BrokenInvariant(SameEpochs, null, $"different epochs of {string.Join(" and ", same.Select(node => node.Announced))}", $"both {same.Key}");

    /// <summary>Every replica copies from its primary.</summary>
    public static IEnumerable<BrokenInvariant> ReplicationLinks(ImmutableArray<NodeObservation> nodes) =>
        from node in nodes
        where node.IsReplica && node.Replication is not { LinkUp: true }
        select new BrokenInvariant(Replicated, node.Announced, "master_link_status:up",
            node.Replication is null ? "no replication" : $"down, dialing {node.Replication.PrimaryAddress}");

    /// <summary>Every node serves; one that does not answers CLUSTERDOWN, to MIGRATE too.</summary>
    public static IEnumerable<BrokenInvariant> States(ImmutableArray<NodeObservation> nodes) =>
        from node in nodes
        where !node.ClusterStateOk
        select new BrokenInvariant(SlotsServed, node.Announced, "cluster_state:ok", "cluster_state:fail");

    private static IEnumerable<BrokenInvariant> Answers(ClusterObservation observation, WantedCluster wanted)
    {
        foreach (var member in wanted.Members)
        {
            switch (observation.Sightings.FirstOrDefault(sighting => sighting.Announced == member))
            {
                case UnreachableNode node: yield return new(InvariantKind.Answers, member, "an answer", node.Reason); break;
                case UnusableNode node: yield return new(InvariantKind.Answers, member, "a cluster node", node.Reason); break;
                case NodeObservation { IsLoading: true }: yield return new(InvariantKind.Answers, member, "all data loaded", "loading from disk"); break;
                case null: yield return new(InvariantKind.Answers, member, "a listed node", "nobody asked it"); break;
            }
        }
    }

    // A wanted node that does not answer is reported once, and not by its id.
    private static IEnumerable<BrokenInvariant> OnlyMembers(ImmutableArray<NodeObservation> members, WantedCluster wanted) =>
        from node in members
        from entry in NotAnswering(node, members)
        where AbsentMember(entry, members, wanted) is null
        select new BrokenInvariant(OnlyMembersKnown, node.Announced, "only the wanted nodes known", $"{entry.Id}, {Describe(entry)}");

    private static IEnumerable<BrokenInvariant> ServedSlots(ImmutableArray<NodeObservation> members, WantedCluster wanted)
    {
        var owners = members.Where(node => !node.Slots.IsEmpty).ToArray();
        if (owners.Length != wanted.Shards)
        {
            yield return new(SlotsServed, null, $"{wanted.Shards} shards with slots", $"{owners.Length}");
        }

        var uncovered = owners.Aggregate(SlotSet.Empty, (all, owner) => all.Union(owner.Slots)).Complement();
        foreach (var entry in members.SelectMany(node => NotAnswering(node, members)).DistinctBy(entry => entry.Id))
        {
            if (entry.Slots.Intersect(uncovered) is { IsEmpty: false } elsewhere)
            {
                yield return new(SlotsServed, null, "an owner for every slot among the listed nodes",
                    AbsentMember(entry, members, wanted) is { } absent ? $"{elsewhere} at {absent}, which does not answer" : $"{elsewhere} at {entry.Id} ({entry.Ip}:{entry.Port}), which is not listed");
                uncovered = uncovered.Except(elsewhere);
            }
        }

        if (!uncovered.IsEmpty)
        {
            yield return new(SlotsServed, null, "an owner for every slot", $"none for {uncovered}");
        }

        foreach (var node in members)
        {
            // Replicas of Valkey repeat the open slots of their primary.
            if (node.IsPrimary && !node.View.Myself.OpenSlots.IsEmpty)
            {
                yield return new(SlotsServed, node.Announced, "no open slots", string.Join(' ', node.View.Myself.OpenSlots));
            }
        }
    }

    private static IEnumerable<BrokenInvariant> Replicas(ImmutableArray<NodeObservation> members, WantedCluster wanted) =>
        from owner in members
        where !owner.Slots.IsEmpty
        let replicas = members.Count(node => node.View.Myself.PrimaryId == owner.Id)
        where replicas < wanted.ReplicasPerShard || (replicas > wanted.ReplicasPerShard && !wanted.IsAsFound)
        select new BrokenInvariant(Replicated, owner.Announced, $"{(wanted.IsAsFound ? "at least " : "")}{wanted.ReplicasPerShard} replicas", $"{replicas}");

    private static IEnumerable<BrokenInvariant> Roles(ImmutableArray<NodeObservation> members) =>
        from node in members
        from peer in members
        let entry = node.View.Find(peer.Id)
        where entry is not null && (entry.IsReplica != peer.IsReplica || entry.PrimaryId != peer.View.Myself.PrimaryId)
        select new BrokenInvariant(SameRoles, node.Announced, $"{peer.Announced} as {Role(peer.View.Myself, members)}", Role(entry, members));

    /// <summary>Whether the node tells clients of the replica's shard and leaves the replica out. A shard without slots is told of nowhere.</summary>
    public static bool Hides(NodeObservation node, NodeObservation replica) => ListedShard(node, replica).Any(listed => !listed.Nodes.Contains(replica.Id));

    private static IEnumerable<BrokenInvariant> ListedForClients(ImmutableArray<NodeObservation> members) =>
        from node in members
        from replica in members
        where replica.IsReplica && (!ListedShard(node, replica).Any() || Hides(node, replica))
        select new BrokenInvariant(InvariantKind.ListedForClients, node.Announced, $"{replica.Announced} in CLUSTER SLOTS", "not listed");

    private static IEnumerable<ListedSlots> ListedShard(NodeObservation node, NodeObservation replica) =>
        node.ListedSlots.Where(listed => listed.Nodes is [var primary, ..] && primary == replica.View.Myself.PrimaryId);

    /// <summary>The nodes that a node knows and that are none of the members that answered.</summary>
    private static IEnumerable<NodeEntry> NotAnswering(NodeObservation node, ImmutableArray<NodeObservation> members) =>
        node.View.Peers.Where(entry => members.All(member => member.Id != entry.Id));

    /// <summary>The wanted node that others know by this entry, though it does not answer itself.</summary>
    private static NodeAddress? AbsentMember(NodeEntry entry, ImmutableArray<NodeObservation> members, WantedCluster wanted) =>
        wanted.Members.FirstOrDefault(member => members.All(node => node.Announced != member)
            && entry.Port == member.Port && (entry.HostName.Length == 0 || entry.HostName == member.Host || entry.Ip == member.Host));

    private static string Role(NodeEntry entry, ImmutableArray<NodeObservation> members) => entry switch
    {
        { IsReplica: false } => "primary",
        { PrimaryId: { } id } => $"replica of {members.FirstOrDefault(member => member.Id == id)?.Announced.ToString() ?? id.ToString()}",
        _ => "replica of none",
    };

    private static string Describe(NodeEntry entry) => entry switch
    {
        { HasNoAddress: true } => "noaddr",
        { IsFailing: true } => entry.Flags.HasFlag(NodeFlags.Failed) ? "fail" : "fail?",
        { LinkConnected: false } => $"disconnected from {entry.Ip}:{entry.Port}",
        { HeardFrom: false } => "connected, no answer yet",
        _ => "connected",
    };
}
