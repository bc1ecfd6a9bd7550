using RedisCluster.Topology;

namespace RedisCluster.Planning;

/// <summary>Keys of which nobody can say which copy is right, or where they belong: found before anything is changed.</summary>
internal static class ContestedKeys
{
    private const string Decide = "decide which keys are right, delete the others, and run again";

    public static Refusal? Find(Situation situation) => TwoOwners(situation) ?? NoOwner(situation) ?? WithoutSlots(situation);

    /// <summary>Two nodes claim a slot and hold keys in it, and neither was away when the other took it over.</summary>
    private static Refusal? TwoOwners(Situation situation)
    {
        foreach (var slot in situation.Observation.SlotsInDoubt.Intersect(situation.Claimed))
        {
            var holders = situation.Owners
                .Where(owner => situation.ClaimsOf(owner).Contains(slot) && owner.SlotsWithKeys.Contains(slot) && !IsCopy(situation, owner))
                .OrderByDescending(owner => owner.View.Myself.ConfigEpoch)
                .ToArray();
            if (holders is [var newest, var other, ..])
            {
                return new(newest.Announced, $"one owner of slot {slot}", $"{other.Announced} claims it too, and both hold keys in it", Decide);
            }
        }

        return null;
    }

    private static Refusal? NoOwner(Situation situation)
    {
        var held = new List<(NodeObservation Node, SlotSet Slots)>();
        foreach (var node in situation.Nodes.Where(node => node.IsPrimary && !IsCopy(situation, node)))
        {
            var slots = node.SlotsWithKeys.Except(situation.Claimed);
            if (held.FirstOrDefault(other => other.Slots.Overlaps(slots)) is { Node: not null } other)
            {
                return new(node.Announced, $"keys of slots {slots.Intersect(other.Slots)}, which nobody owns, on one node", $"keys on {other.Node.Announced} too", Decide);
            }

            held.Add((node, slots));
        }

        return null;
    }

    // With an open or unowned slot its keys say where the slot belongs; else they are of slots that other nodes serve.
    private static Refusal? WithoutSlots(Situation situation) =>
        situation.Main.FirstOrDefault(node => node is { IsPrimary: true, Slots.IsEmpty: true, KeyCount: > 0, SlotsWithKeys.IsEmpty: true }) is { } stray
            ? new(stray.Announced, "no keys on a node without slots", $"{stray.KeyCount} keys", "keep what is needed and empty the node with FLUSHALL")
            : null;

    private static bool IsCopy(Situation situation, NodeObservation node) =>
        !situation.Main.Contains(node) && Outsiders.Judge(situation, node) is OutsiderKind.Copy or OutsiderKind.CopyOfFailing;
}
