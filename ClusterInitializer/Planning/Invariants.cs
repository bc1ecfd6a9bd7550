using System.Collections.Immutable;
using ClusterInitializer.Topology;

namespace ClusterInitializer.Planning;

/// <summary>
/// The readiness predicate: in every member's view all members are known and healthy, the same nodes own all 16384 slots,
/// each shard has its replicas in sync and CLUSTER SLOTS lists them. Used for readiness, reports and what a plan waits for.
/// </summary>
internal static class Invariants
{
    /// <summary>What does not hold, in the order of the listed nodes; empty when the cluster is ready.</summary>
    public static ImmutableArray<BrokenInvariant> Check(ClusterObservation observation, WantedCluster wanted)
    {
        var members = observation.Nodes.Where(node => wanted.Members.Contains(node.Announced)).ToArray();
        return
        [
            .. MissingMembers(observation, wanted),
            .. members.SelectMany(node => OwnState(node)),
            .. members.SelectMany(node => PeersOf(node, members)),
            .. members.SelectMany(node => SlotsSeenBy(node, members)),
            .. Shards(members, wanted),
            .. members.SelectMany(node => RolesSeenBy(node, members)),
            .. members.SelectMany(node => ListedBy(node, members)),
        ];
    }

    private static IEnumerable<BrokenInvariant> MissingMembers(ClusterObservation observation, WantedCluster wanted)
    {
        foreach (var member in wanted.Members)
        {
            switch (observation.Sightings.FirstOrDefault(sighting => sighting.Announced == member))
            {
                case UnreachableNode node: yield return new(member, "an answer", node.Reason); break;
                case UnusableNode node: yield return new(member, "a cluster node", node.Reason); break;
                case null: yield return new(member, "a listed node", "nothing at this address was asked"); break;
            }
        }
    }

    private static IEnumerable<BrokenInvariant> OwnState(NodeObservation node)
    {
        if (node.IsLoading)
        {
            yield return new(node.Announced, "all data loaded", "loading from disk");
        }

        if (!node.ClusterStateOk)
        {
            yield return new(node.Announced, "cluster_state:ok", "cluster_state:fail");
        }

        if (node.View.Myself.OpenSlots is [_, ..] open && node.IsPrimary)
        {
            yield return new(node.Announced, "no open slots", string.Join(' ', open));
        }

        if (node.Replication is { LinkUp: false } replication)
        {
            yield return new(node.Announced, "master_link_status:up", $"down, copying from {replication.PrimaryAddress}");
        }
    }

    private static IEnumerable<BrokenInvariant> PeersOf(NodeObservation node, NodeObservation[] members)
    {
        foreach (var peer in members.Where(peer => peer.Id != node.Id))
        {
            if (node.View.Find(peer.Id) is not { } entry)
            {
                var found = node.View.IsShakingHandsWith(peer.OwnAddress) ? "in handshake" : "not known";
                yield return new(node.Announced, $"{peer.Announced} known", found);
            }
            else if (!entry.IsHealthy)
            {
                yield return new(node.Announced, $"a healthy link to {peer.Announced}", Describe(entry));
            }
        }

        foreach (var stranger in node.View.Peers.Where(entry => members.All(member => member.Id != entry.Id)))
        {
            yield return new(node.Announced, "only the wanted nodes known", $"{stranger.Id} at {stranger.Ip}:{stranger.Port} ({Describe(stranger)})");
        }
    }

    private static string Describe(NodeEntry entry) => entry switch
    {
        { HasNoAddress: true } => "noaddr",
        { Flags: var flags } when flags.HasFlag(NodeFlags.Failed) => "fail",
        { IsFailing: true } => "fail?",
        { LinkConnected: false } => $"disconnected from {entry.Ip}:{entry.Port}",
        { HeardFrom: false } => "connected, no answer yet",
        _ => "connected",
    };

    private static IEnumerable<BrokenInvariant> SlotsSeenBy(NodeObservation node, NodeObservation[] members)
    {
        foreach (var owner in members.Where(member => member.IsPrimary))
        {
            var seen = node.View.Find(owner.Id)?.Slots ?? SlotSet.Empty;
            if (!seen.Equals(owner.Slots))
            {
                yield return new(node.Announced, $"slots {owner.Slots} owned by {owner.Announced}", $"{seen}");
            }
        }
    }

    private static IEnumerable<BrokenInvariant> Shards(NodeObservation[] members, WantedCluster wanted)
    {
        var primaries = members.Where(node => !node.Slots.IsEmpty).ToArray();
        if (primaries.Length != wanted.Shards)
        {
            yield return new(null, $"{wanted.Shards} shards with slots", $"{primaries.Length}");
        }

        var covered = primaries.Aggregate(SlotSet.Empty, (all, primary) => all.Union(primary.Slots));
        if (covered.Count < SlotSet.SlotCount)
        {
            yield return new(null, "an owner for every slot", $"none for {covered.Complement()}");
        }

        foreach (var primary in primaries)
        {
            var replicas = members.Count(node => node.View.Myself.PrimaryId == primary.Id);
            if (replicas != wanted.ReplicasPerShard)
            {
                yield return new(primary.Announced, $"{wanted.ReplicasPerShard} replicas", $"{replicas}");
            }
        }
    }

    private static IEnumerable<BrokenInvariant> RolesSeenBy(NodeObservation node, NodeObservation[] members)
    {
        foreach (var peer in members)
        {
            if (node.View.Find(peer.Id) is { } entry && (entry.IsReplica != peer.IsReplica || entry.PrimaryId != peer.View.Myself.PrimaryId))
            {
                yield return new(node.Announced, $"{peer.Announced} as {Role(peer.View.Myself, members)}", Role(entry, members));
            }
        }
    }

    private static string Role(NodeEntry entry, NodeObservation[] members) => entry switch
    {
        { IsReplica: false } => "primary",
        { PrimaryId: { } id } => $"replica of {members.FirstOrDefault(member => member.Id == id)?.Announced.ToString() ?? id.ToString()}",
        _ => "replica of none",
    };

    private static IEnumerable<BrokenInvariant> ListedBy(NodeObservation node, NodeObservation[] members)
    {
        foreach (var replica in members.Where(member => member.IsReplica))
        {
            var ofItsShard = node.ListedSlots.Where(listed => listed.Nodes is [var primary, ..] && primary == replica.View.Myself.PrimaryId).ToArray();
            if (ofItsShard.Length == 0 || !ofItsShard.All(listed => listed.Nodes.Contains(replica.Id)))
            {
                yield return new(node.Announced, $"{replica.Announced} in CLUSTER SLOTS", "not listed");
            }
        }
    }
}
