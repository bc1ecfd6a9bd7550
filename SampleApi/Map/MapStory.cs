using System.Globalization;
using RedisCluster.Topology;

namespace SampleApi.Map;

/// <summary>Tells what happened between two maps, in sentences.</summary>
internal static class MapStory
{
    private const int Length = 40;

    // Slots move one by one: a whole move is one happening that grows.
    private static readonly TimeSpan SameMove = TimeSpan.FromSeconds(5);

    /// <summary>The map after, with what happened since the map before added to its story.</summary>
    internal static MapCluster Continue(MapCluster before, MapCluster after, DateTimeOffset now)
    {
        var story = before.Story.ToList();
        foreach (var (kind, text) in Happened(before, after))
        {
            story.Add(new Happening(Next(story), now, kind, text));
        }

        foreach (var move in Moves(before, after))
        {
            AddMove(story, move, now);
        }

        return after with { Story = [.. story.TakeLast(Length)] };
    }

    private static IEnumerable<(string Kind, string Text)> Happened(MapCluster before, MapCluster after)
    {
        if (after.State == "unknown")
        {
            return [];
        }

        if (after.State == "down")
        {
            return before.State == "down" ? [] : [("down", "No node of the cluster answers.")];
        }

        if (before.State == "unknown")
        {
            return Served(before, after); // Who is there now was there before.
        }

        return (before.State == "down" ? [("up", "The cluster answers again.")] : Enumerable.Empty<(string, string)>())
            .Concat(Failovers(before, after))
            .Concat(Nodes(before, after))
            .Concat(Served(before, after));
    }

    private static IEnumerable<(string Kind, string Text)> Failovers(MapCluster before, MapCluster after) =>
        from shard in after.Shards
        let now = shard.Primary
        let old = before.Shards.FirstOrDefault(known => known.Number == shard.Number)?.Primary
        where old is not null && now is not null && old.Id != now.Id
        select ("failover", $"Failover in shard {shard.Number}: {now.Address} took over from {old.Address}.");

    private static IEnumerable<(string Kind, string Text)> Nodes(MapCluster before, MapCluster after)
    {
        // When the whole cluster was away, each node would be told of again.
        var known = before.Nodes().ToDictionary(place => place.Node.Id, place => place.Node);
        foreach (var (node, shard) in after.Nodes())
        {
            var place = $"{node.Address} ({(node.Role == MapNode.NoRole ? "" : $"{node.Role}, ")}{(shard is null ? "no shard" : $"shard {shard}")})";
            if (!known.Remove(node.Id, out var old))
            {
                yield return ("joined", $"{place} joined the cluster.");
            }
            else if (node.Health == MapNode.Failed && old.Health != MapNode.Failed)
            {
                yield return ("lost", $"The cluster gave {place} up as failed.");
            }
            else if (node.Health == MapNode.Silent && old.Answers)
            {
                yield return ("lost", $"{place} is not reachable.");
            }
            else if (node.Answers && !old.Answers && before.State != "down")
            {
                yield return ("back", $"{place} is back.");
            }
        }

        foreach (var gone in known.Values)
        {
            yield return ("left", $"{gone.Address} left the cluster.");
        }
    }

    private static IEnumerable<(string Kind, string Text)> Served(MapCluster before, MapCluster after)
    {
        if (after.State == "broken" && before.State is not ("broken" or "down"))
        {
            yield return ("broken", $"{Count(SlotSet.SlotCount - after.ServedSlots)} slots have no reachable primary.");
        }
        else if (before.State is "broken" && after.State is not "broken")
        {
            yield return ("served", "All slots are served again.");
        }
    }

    private static IEnumerable<SlotMove> Moves(MapCluster before, MapCluster after) =>
        from old in before.Shards
        from shard in after.Shards
        where shard.Number != old.Number
        let slots = SlotSet.Of(old.Slots).Intersect(SlotSet.Of(shard.Slots)).Count
        where slots > 0
        select new SlotMove(old.Number, shard.Number, slots);

    private static void AddMove(List<Happening> story, SlotMove move, DateTimeOffset now)
    {
        var number = Next(story);
        if (story.Find(happening => happening.Move is { } known && (known.From, known.To) == (move.From, move.To) && now - happening.At < SameMove) is { } last)
        {
            story.Remove(last);
            move = move with { Slots = move.Slots + last.Move!.Slots };
        }

        story.Add(new Happening(number, now, "moved", $"{Count(move.Slots)} {(move.Slots == 1 ? "slot" : "slots")} moved from shard {move.From} to shard {move.To}.", move));
    }

    private static string Count(int slots) => slots.ToString("N0", CultureInfo.InvariantCulture);

    private static long Next(List<Happening> story) => story.Count == 0 ? 1 : story.Max(happening => happening.Number) + 1;
}
