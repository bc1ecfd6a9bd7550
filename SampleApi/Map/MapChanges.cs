namespace SampleApi.Map;

/// <summary>What is different between two states: only that is sent.</summary>
internal static class MapChanges
{
    /// <summary>Whether two maps show the same.</summary>
    internal static bool AreSame(MapCluster one, MapCluster other) =>
        (one.State, one.Reason, one.SeenBy, one.ServedSlots) == (other.State, other.Reason, other.SeenBy, other.ServedSlots)
        && one.Story.SequenceEqual(other.Story)
        && one.Spares.SequenceEqual(other.Spares)
        && one.Shards.Count == other.Shards.Count
        && one.Shards.Zip(other.Shards).All(pair => AreSame(pair.First, pair.Second));

    /// <summary>Figures that are new or changed; null for a node that has none any more.</summary>
    internal static IReadOnlyDictionary<string, MapFigures?> Of(IReadOnlyDictionary<string, MapFigures> before, IReadOnlyDictionary<string, MapFigures> after)
    {
        var changes = new Dictionary<string, MapFigures?>();
        foreach (var (id, figures) in after)
        {
            if (before.GetValueOrDefault(id) != figures)
            {
                changes[id] = figures;
            }
        }

        foreach (var id in before.Keys.Where(id => !after.ContainsKey(id)))
        {
            changes[id] = null;
        }

        return changes;
    }

    private static bool AreSame(MapShard one, MapShard other) =>
        one.Number == other.Number && one.Slots.SequenceEqual(other.Slots) && one.Nodes.SequenceEqual(other.Nodes);
}
