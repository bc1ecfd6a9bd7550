using RedisCluster.Planning;
using RedisCluster.Topology;

namespace UnitTests.Planning;

/// <summary>Does to a <see cref="SimulatedCluster"/> what actions do to real nodes; what Redis would refuse is an exception.</summary>
internal static class SimulatedExecution
{
    public static void Apply(this SimulatedCluster cluster, ClusterAction action)
    {
        var node = cluster.At(action.Node);
        switch (action)
        {
            case SetNodeTimeout set: node.NodeTimeout = set.Timeout; break;
            case StayPrimary: node.StaysPrimary = true; break;
            case SetConfigEpoch set:
                Require(node.Epoch == 0 && node.Peers.Count == 0 && node.Handshakes.Count == 0, action);
                node.Epoch = set.Epoch;
                break;
            case AddSlots add:
                Require(!BelievedTaken(node).Overlaps(add.Slots) && node.PrimaryId is null, action);
                node.Slots = node.Slots.Union(add.Slots);
                Forget(node.Open, add.Slots);
                break;
            case DeleteSlots delete:
                Require(delete.Slots.IsSubsetOf(node.Slots) && !node.KeySlots.Overlaps(delete.Slots), action);
                node.Slots = node.Slots.Except(delete.Slots);
                break;
            case Meet meet: node.Handshakes.Add(meet.PeerAddress); break;
            case Replicate replicate:
                Require(node.Peers.TryGetValue(replicate.Primary.Id, out var primary) && primary.PrimaryId is null, action);
                Require(node.PrimaryId is not null || (node.Slots.IsEmpty && node.Keys.Count == 0), action);
                (node.PrimaryId, node.LinkUp, node.Offset) = (replicate.Primary.Id, false, 0);
                break;
            case Forget forget:
                Require(node.PrimaryId != forget.Id, action);
                node.Peers.Remove(forget.Id);
                break;
            case Reset reset: Reset(cluster, node, reset); break;
            case FailOver failOver: FailOver(cluster, node, failOver); break;
            case SetSlotStable stable: Forget(node.Open, stable.Slots); break;
            case SetSlotOwner set: SetOwner(node, set); break;
            case BumpEpoch: node.Epoch = cluster.Nodes.Max(other => other.Epoch) + 1; break;
            case MoveSlots move: Move(cluster, node, cluster.At(move.Target.Announced), move.Slots); break;
            case NudgeReplication nudge:
                cluster.At(nudge.Primary.Announced).Offset++;
                break;
            default: throw new NotSupportedException($"{action}");
        }
    }

    /// <summary>A move that is killed within the first slot that has keys: both ends are open and its keys are split.</summary>
    public static void MoveHalf(this SimulatedCluster cluster, SimulatedNode source, SimulatedNode target, SlotSet slots)
    {
        var slot = slots.Intersect(source.KeySlots).FirstOrDefault(-1);
        if (slot < 0)
        {
            return;
        }

        Move(cluster, source, target, SlotSet.Of(slots.TakeWhile(other => other < slot)));
        target.Open[slot] = new OpenSlot(slot, OpenSlotDirection.Importing, source.Id);
        source.Open[slot] = new OpenSlot(slot, OpenSlotDirection.Migrating, target.Id);
        var first = source.Keys[slot].Order().First();
        source.Keys[slot].Remove(first);
        target.Keys[slot] = [.. target.Keys.GetValueOrDefault(slot, []), first];
    }

    public static void Move(this SimulatedCluster cluster, SimulatedNode source, SimulatedNode target, SlotSet slots)
    {
        Require(slots.IsSubsetOf(source.Slots) && source.PrimaryId is null && target.PrimaryId is null, $"move slots {slots} of {source.Announced}");
        foreach (var slot in source.KeySlots.Intersect(slots))
        {
            target.Keys[slot] = [.. target.Keys.GetValueOrDefault(slot, []), .. source.Keys[slot]];
            source.Keys.Remove(slot);
        }

        Forget(target.Open, slots);
        Forget(source.Open, slots);
        target.Slots = target.Slots.Union(slots);
        source.Slots = source.Slots.Except(slots);
        source.Peers[target.Id].Slots = source.Peers[target.Id].Slots.Union(slots);
        target.Peers[source.Id].Slots = target.Peers[source.Id].Slots.Except(slots);
        target.Epoch = cluster.Nodes.Max(other => other.Epoch) + 1;
        if (source.Slots.IsEmpty && source.Keys.Values.All(keys => keys.Count == 0))
        {
            (source.PrimaryId, source.LinkUp, source.Offset) = (target.Id, false, 0);
        }
    }

    private static void Reset(SimulatedCluster cluster, SimulatedNode node, Reset reset)
    {
        if (reset.Kind is ResetKind.FlushAndHard)
        {
            node.Keys = [];

            // FLUSHALL travels with replication.
            foreach (var replica in cluster.Nodes.Where(other => other.PrimaryId is { } id && other.Peers.TryGetValue(id, out var entry) && cluster.At(entry.Address) == node))
            {
                replica.Keys = [];
            }
        }

        Require(node.PrimaryId is not null || node.Keys.Count == 0, reset);
        node.Keys = [];
        var (id, epoch) = (node.Id, node.Epoch);
        node.LoseConfiguration(cluster.NewId());
        if (reset.Kind is ResetKind.Soft)
        {
            (node.Id, node.Epoch) = (id, epoch);
        }
    }

    private static void FailOver(SimulatedCluster cluster, SimulatedNode replica, FailOver action)
    {
        Require(replica.PrimaryId is { } id && replica.Peers.ContainsKey(id), action);
        var old = cluster.Find(replica.PrimaryId);
        Require(action.Mode is not FailOverMode.Graceful || (old is not null && replica.LinkUp), action);
        var believed = replica.Peers[replica.PrimaryId!];
        (replica.Slots, believed.Slots, replica.PrimaryId) = (believed.Slots, SlotSet.Empty, null);
        replica.Epoch = cluster.Nodes.Max(other => other.Epoch) + 1;
        replica.IsOutdated = false;
        replica.IsYoung = false; // It serves already.
        if (old is { IsUp: true })
        {
            (old.Slots, old.PrimaryId, old.LinkUp) = (SlotSet.Empty, replica.Id, false);
        }
    }

    private static void SetOwner(SimulatedNode node, SetSlotOwner set)
    {
        Require(node.PrimaryId is null && (set.Owner.Id == node.Id || node.Peers.ContainsKey(set.Owner.Id)), set);
        foreach (var peer in node.Peers.Values)
        {
            peer.Slots = peer.Slots.Except(set.Slots);
        }

        if (set.Owner.Id == node.Id)
        {
            node.Slots = node.Slots.Union(set.Slots);
            return;
        }

        Require(!node.KeySlots.Overlaps(set.Slots.Intersect(node.Slots)), set);
        node.Slots = node.Slots.Except(set.Slots);
        node.Peers[set.Owner.Id].Slots = node.Peers[set.Owner.Id].Slots.Union(set.Slots);
    }

    private static SlotSet BelievedTaken(SimulatedNode node) => node.Peers.Values.Aggregate(node.Slots, (all, peer) => all.Union(peer.Slots));

    private static void Forget(Dictionary<int, OpenSlot> open, SlotSet slots)
    {
        foreach (var slot in slots)
        {
            open.Remove(slot);
        }
    }

    private static void Require(bool allowed, object action)
    {
        if (!allowed)
        {
            throw new InvalidOperationException($"a real server would refuse: {action}");
        }
    }
}
