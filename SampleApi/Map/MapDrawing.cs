using RedisCluster.Client.Topology;
using RedisCluster.Topology;

namespace SampleApi.Map;

/// <summary>
/// Draws what the cluster says into what people see. The server has no lasting name for a shard, and takes a dead primary out of its shard: here a shard keeps its number
/// through failovers and slot moves, and a replaced primary stays where it was until it has another place.
/// </summary>
internal static class MapDrawing
{
    /// <summary>The map of a view, as the continuation of the map before it. Without a story: see <see cref="MapStory"/>.</summary>
    internal static MapCluster Draw(ClusterShards view, MapCluster? before)
    {
        var withSlots = view.Shards.Where(shard => !shard.Slots.IsEmpty).ToList();
        var numbers = ShardNumbers.Continue(before?.Shards ?? [], withSlots);
        var places = before?.Nodes().ToDictionary(place => place.Node.Id, place => place.Shard) ?? [];
        var without = view.Shards.Where(shard => shard.Slots.IsEmpty).SelectMany(shard => shard.Nodes)
            .Select(node => (Node: new MapNode(node.Id, node.Address, MapNode.NoRole, Health(node)), Place: places.GetValueOrDefault(node.Id)))
            .ToList();

        var shards = withSlots.Select((shard, index) => new MapShard(
                numbers[index],
                shard.Slots.Ranges,
                InOrder(Nodes(shard).Concat(without.Where(lost => lost.Place == numbers[index]).Select(lost => lost.Node)))))
            .OrderBy(shard => shard.Number)
            .ToList();
        var spares = InOrder(without.Where(lost => !numbers.Contains(lost.Place ?? 0)).Select(lost => lost.Node));

        var isInOrder = shards.TrueForAll(shard => shard.Nodes.All(node => node.Health == MapNode.Online)) && spares.All(node => node.Health == MapNode.Online);
        var state = view.ServedSlots.Count < SlotSet.SlotCount ? "broken" : isInOrder ? "whole" : "weakened";
        return new MapCluster(state, Reason: null, view.SeenBy, view.ServedSlots.Count, shards, spares, before?.Story ?? []);
    }

    /// <summary>The map while no node answers: everything is where it was, and silent.</summary>
    internal static MapCluster DrawDown(string reason, MapCluster? before) => new(
        "down",
        reason,
        SeenBy: null,
        ServedSlots: 0,
        [.. (before?.Shards ?? []).Select(shard => shard with { Nodes = Silenced(shard.Nodes) })],
        Silenced(before?.Spares ?? []),
        before?.Story ?? []);

    /// <summary>The map of a user who may not ask for the shards: nothing is there, and nothing is wrong.</summary>
    internal static MapCluster DrawUnknown(string reason) => new("unknown", reason, SeenBy: null, ServedSlots: 0, Shards: [], Spares: [], Story: []);

    private static IEnumerable<MapNode> Nodes(Shard shard)
    {
        if (shard.Primary is { } primary)
        {
            yield return new MapNode(primary.Id, primary.Address, MapNode.PrimaryRole, Health(primary));
        }

        foreach (var replica in shard.Replicas)
        {
            var isUnlinked = replica is { IsUsable: true, LagBytes: null } && shard.Primary is { IsUsable: true, ReplicationOffset: > 0 };
            yield return new MapNode(replica.Id, replica.Address, MapNode.ReplicaRole, isUnlinked ? MapNode.Unlinked : Health(replica));
        }
    }

    private static string Health(ShardNode node) => node switch
    {
        { Health: "fail" } => MapNode.Failed,
        { IsConnected: false } => MapNode.Silent,
        _ => node.Health,
    };

    private static IReadOnlyList<MapNode> InOrder(IEnumerable<MapNode> nodes) => [.. nodes.OrderBy(node => node.Address, StringComparer.Ordinal)];

    private static IReadOnlyList<MapNode> Silenced(IReadOnlyList<MapNode> nodes) => [.. nodes.Select(node => node with { Health = MapNode.Silent })];
}
