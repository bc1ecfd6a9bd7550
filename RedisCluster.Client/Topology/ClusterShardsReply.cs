using RedisCluster.Topology;
using StackExchange.Redis;

namespace RedisCluster.Client.Topology;

/// <summary>Reads the reply of <c>CLUSTER SHARDS</c> in its flat form: names and values alternate.</summary>
/// <remarks>
/// <code>
/// [ [ "slots", [0, 5460], "nodes", [ [ "id", "e2da..", "port", 7001, "ip", "172.28.0.2", "endpoint", "localhost", "hostname", "localhost",
///     "role", "master", "replication-offset", 42, "health", "online" ], ... ] ], ... ]
/// </code>
/// Odd forms: a shard without slots (<c>[]</c>); no <c>hostname</c>; <c>tls-port</c> beside or instead of <c>port</c>; an endpoint that is empty or <c>?</c>;
/// two nodes that call themselves master, of which one has failed.
/// </remarks>
internal static class ClusterShardsReply
{
    /// <param name="reply">The reply.</param>
    /// <param name="isConnected">Whether the driver is connected to an address; null when it does not know it.</param>
    internal static IReadOnlyList<Shard> Read(RedisResult reply, Func<string, bool?> isConnected)
    {
        var shards = new List<Shard>();
        foreach (var shard in (RedisResult[])reply!)
        {
            var fields = Fields(shard);
            var slots = Slots((int[])fields["slots"]!);
            var nodes = ((RedisResult[])fields["nodes"]!).Select(Fields).Where(node => !slots.IsEmpty || !IsBeingIntroduced(node)).Select(node => Node(node, isConnected)).ToList();
            if (nodes.Count == 0)
            {
                continue;
            }

            // While a failover settles, the failed primary still calls itself one.
            var primary = nodes.Where(node => node.IsPrimary).OrderByDescending(node => node.View.Health == "online").FirstOrDefault().View;
            var replicas = nodes.Select(node => node.View).Where(view => view != primary).OrderBy(view => view.Address, StringComparer.Ordinal);
            shards.Add(new Shard(slots, primary, [.. replicas]));
        }

        return [.. shards.OrderBy(shard => shard.Slots.IsEmpty ? SlotSet.SlotCount : shard.Slots.Ranges[0].First)];
    }

    /// <summary>
    /// The announced address of each node by its own one. The driver knows a node that joined later by its own address, since it learns of it from <c>CLUSTER NODES</c>:
    /// <c>172.28.0.8:7007</c> is <c>localhost:7007</c>.
    /// </summary>
    internal static IReadOnlyDictionary<string, string> AnnouncedAddresses(RedisResult reply)
    {
        var announced = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var node in ((RedisResult[])reply!).SelectMany(shard => (RedisResult[])Fields(shard)["nodes"]!).Select(Fields))
        {
            if (OwnAddress(node) is { } own)
            {
                announced[own] = Address(node);
            }
        }

        return announced;
    }

    private static (bool IsPrimary, ShardNode View) Node(Dictionary<string, RedisResult> fields, Func<string, bool?> isConnected)
    {
        var address = Address(fields);
        var view = new ShardNode(address, Text(fields, "id")!, Text(fields, "health")!, IsConnected(address, OwnAddress(fields), isConnected), (long)fields["replication-offset"], LagBytes: null);
        return (Text(fields, "role") == "master", view);
    }

    // A node that the driver has not met is not out of reach: the first command that is sent there makes it connect.
    private static bool IsConnected(string address, string? own, Func<string, bool?> isConnected) =>
        (isConnected(address), own is null ? null : isConnected(own)) is (true, _) or (_, true) or (null, null);

    // Until it has shaken hands a node has an id for the time being, and no name where nodes are known by name: a moment later it is here under its own.
    private static bool IsBeingIntroduced(Dictionary<string, RedisResult> node) => Text(node, "endpoint") == "?";

    private static string Address(Dictionary<string, RedisResult> node)
    {
        var endpoint = Text(node, "endpoint");
        return $"{(endpoint is null or "" or "?" ? Text(node, "ip") : endpoint)}:{Port(node)}";
    }

    private static string? OwnAddress(Dictionary<string, RedisResult> node) =>
        Text(node, "ip") is { Length: > 0 } ip ? $"{(ip.Contains(':', StringComparison.Ordinal) ? $"[{ip}]" : ip)}:{Port(node)}" : null;

    private static string? Port(Dictionary<string, RedisResult> node) => Text(node, "port") ?? Text(node, "tls-port");

    private static SlotSet Slots(int[] ends) => SlotSet.Of(ends.Chunk(2).Select(range => new RedisCluster.Topology.SlotRange(range[0], range[1])));

    private static string? Text(Dictionary<string, RedisResult> fields, string name) =>
        fields.TryGetValue(name, out var value) ? (string?)value : null;

    private static Dictionary<string, RedisResult> Fields(RedisResult flat)
    {
        var items = (RedisResult[])flat!;
        var fields = new Dictionary<string, RedisResult>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < items.Length; i += 2)
        {
            fields[(string)items[i]!] = items[i + 1];
        }

        return fields;
    }
}
