using RedisCluster.Planning;
using RedisCluster.Topology;

namespace UnitTests.Planning;

/// <summary>One thing that happens to a cluster: a verb of <see cref="Faults"/>, to one node or between two, at a slot.</summary>
internal readonly record struct Fault(int Verb, int Node, int Other, int Slot);

/// <summary>All that can happen to nodes between two runs of the initializer; what real nodes cannot get into is left out.</summary>
internal static class Faults
{
    private static readonly (string Name, Action<SimulatedCluster, SimulatedNode, SimulatedNode, int> Happen)[] Verbs =
    [
        ("is wiped", (cluster, node, _, _) => node.Wipe(cluster.NewId())),
        ("loses nodes.conf", (cluster, node, _, _) => node.LoseConfiguration(cluster.NewId())),
        ("is replaced while it is away", Replace),
        ("is away", (_, node, _, _) => node.IsUp = false),
        ("is back", ComeBack),
        ("comes back with all others at permuted addresses", (cluster, _, _, _) => cluster.PermuteAddresses()),
        ("comes back with all others at new addresses", (cluster, _, _, _) => cluster.ChangeAddresses()),
        ("comes back at a new address", (cluster, node, _, _) => cluster.ChangeAddress(node)),
        ("fails over", FailOver),
        ("comes back empty", (cluster, node, _, _) => ComeBackEmpty(cluster, node)),
        ("loses its replication link", (_, node, _, _) => node.LinkUp = false),
        ("drops slots", (_, node, _, slot) => node.Slots = node.Slots.Except(Some(slot))),
        ("claims slots", Claim),
        ("imports a slot", (_, node, other, slot) => Open(node, slot, OpenSlotDirection.Importing, other)),
        ("migrates a slot", (_, node, other, slot) => Open(node, slot, OpenSlotDirection.Migrating, other)),
        ("is half done giving a slot to the other", GiveHalf),
        ("forgets", (_, node, other, _) => Forget(node, other)),
        ("shakes hands", ShakeHands),
        ("does not know the address any more", (_, node, other, _) => LoseAddress(node, other)),
        ("is replica of a replica", (_, node, other, _) => Follow(node, other)),
        ("has a low epoch", LowerEpoch),
        ("has a short node timeout", (_, node, _, _) => node.NodeTimeout = TimeSpan.FromMilliseconds(500)),
        ("sees time pass", (cluster, _, _, _) => cluster.Gossip()),
        ("sees a run killed", (cluster, _, _, slot) => Interrupt(cluster, slot % 70)),
    ];

    private static readonly int OfRunningNodes = Array.FindIndex(Verbs, verb => verb.Name == "fails over");

    public static int Count => Verbs.Length;

    public static void Happen(this SimulatedCluster cluster, Fault fault)
    {
        var (node, other) = Nodes(cluster, fault);
        if (node.IsUp || fault.Verb < OfRunningNodes)
        {
            Verbs[fault.Verb].Happen(cluster, node, other.IsUp ? other : node, fault.Slot);
        }
    }

    public static string Describe(this Fault fault, SimulatedCluster cluster)
    {
        var (node, other) = Nodes(cluster, fault);
        return $"{node.Announced} {Verbs[fault.Verb].Name} ({other.Announced}, {fault.Slot})";
    }

    private static (SimulatedNode Node, SimulatedNode Other) Nodes(SimulatedCluster cluster, Fault fault) =>
        (cluster.Nodes[fault.Node % cluster.Nodes.Count], cluster.Nodes[fault.Other % cluster.Nodes.Count]);

    private static SlotSet Some(int slot) => SlotSet.Of(new SlotRange(slot, Math.Min(SlotSet.SlotCount - 1, slot + (slot % 3 == 0 ? 0 : 700))));

    private static void Replace(SimulatedCluster cluster, SimulatedNode node, SimulatedNode other, int slot)
    {
        cluster.Gossip();
        if (node is { IsUp: true, PrimaryId: null, Slots.IsEmpty: false }
            && cluster.Running.FirstOrDefault(replica => replica.PrimaryId == node.Id && replica.LinkUp && replica.Peers.ContainsKey(node.Id)) is { } replica)
        {
            cluster.ReplaceWhileAway(node, replica);
        }
    }

    // A failover gives an epoch above all others, which stays.
    private static void LowerEpoch(SimulatedCluster cluster, SimulatedNode node, SimulatedNode other, int slot)
    {
        if (cluster.Nodes.All(each => each is { IsUp: true, IsOutdated: false }))
        {
            node.Epoch = slot % 5;
        }
    }

    private static void ComeBack(SimulatedCluster cluster, SimulatedNode node, SimulatedNode other, int slot)
    {
        node.IsUp = true;
        cluster.Gossip();
    }

    private static void FailOver(SimulatedCluster cluster, SimulatedNode node, SimulatedNode other, int slot)
    {
        if (node.LinkUp && node.PrimaryId is { } id && node.Peers.ContainsKey(id) && cluster.Find(id) is { PrimaryId: null, IsUp: true })
        {
            cluster.Apply(new FailOver(node.Announced, FailOverMode.Graceful));
            cluster.Gossip();
        }
    }

    // Those who are connected settle it before anybody could look, and the older owner deletes its keys: no run could prevent that.
    private static void Claim(SimulatedCluster cluster, SimulatedNode node, SimulatedNode other, int slot)
    {
        if (node.PrimaryId is null)
        {
            var guarded = cluster.Nodes.Where(owner => owner != node && node.Peers.Count > 0).Aggregate(SlotSet.Empty, (all, owner) => all.Union(owner.KeySlots));
            node.Slots = node.Slots.Union(Some(slot).Except(guarded));
            cluster.Gossip();
        }
    }

    // The hazard: replicas copy the emptiness as soon as they are connected, so whoever comes back is seen before that.
    private static void ComeBackEmpty(SimulatedCluster cluster, SimulatedNode node)
    {
        node.Keys = [];
        foreach (var replica in cluster.Nodes.Where(replica => replica.PrimaryId == node.Id))
        {
            replica.LinkUp = false;
        }
    }

    private static void Open(SimulatedNode node, int slot, OpenSlotDirection direction, SimulatedNode other)
    {
        // SETSLOT is refused to replicas, to owners that import, to others that migrate, and for nodes that are not known.
        if (node.PrimaryId is null && node.Peers.ContainsKey(other.Id) && node.Slots.Contains(slot) == direction is OpenSlotDirection.Migrating)
        {
            node.Open[slot] = new OpenSlot(slot, direction, other.Id);
        }
    }

    private static void GiveHalf(SimulatedCluster cluster, SimulatedNode node, SimulatedNode other, int slot)
    {
        if (node != other && node.PrimaryId is null && other.PrimaryId is null && !node.Slots.IsEmpty && node.Peers.ContainsKey(other.Id) && other.Peers.ContainsKey(node.Id))
        {
            cluster.MoveHalf(node, other, SlotSet.Of(node.KeySlots.Intersect(node.Slots).Skip(slot % 3).Take(1)));
            cluster.Gossip();
        }
    }

    private static void Forget(SimulatedNode node, SimulatedNode other)
    {
        if (node.PrimaryId != other.Id)
        {
            node.Peers.Remove(other.Id);
        }
    }

    // Nobody meets a node that lost its cluster but somebody who wants to.
    private static void ShakeHands(SimulatedCluster cluster, SimulatedNode node, SimulatedNode other, int slot)
    {
        if (node.Peers.Count > 0 && other.Peers.Count > 0)
        {
            node.Handshakes.Add(other.Address);
        }
    }

    private static void LoseAddress(SimulatedNode node, SimulatedNode other)
    {
        if (node.Peers.TryGetValue(other.Id, out var peer))
        {
            (peer.NoAddress, peer.Connected) = (true, false);
        }
    }

    private static void Follow(SimulatedNode node, SimulatedNode other)
    {
        if (node != other && node.PrimaryId is not null && other.PrimaryId is not null && other.PrimaryId != node.Id && node.Peers.ContainsKey(other.Id))
        {
            (node.PrimaryId, node.LinkUp) = (other.Id, false);
        }
    }

    private static void Interrupt(SimulatedCluster cluster, int actions)
    {
        try
        {
            cluster.Nodes.ForEach(node => node.IsUp = true);
            cluster.Reconcile(cluster.Wanted(), actions);
        }
        catch (RefusedException)
        {
            return; // Refused is an end too.
        }
    }
}
