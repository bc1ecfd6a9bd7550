using RedisCluster.Wire;
using Support;
using Xunit;

namespace IntegrationTests.Client;

/// <summary>
/// Three shards with a replica each, formed by plain commands: what clients meet must not depend on the program that is tested elsewhere.
/// Node i (0, 1, 2) is the primary of a third of the slots, node i + 3 its replica.
/// </summary>
internal static class FormedCluster
{
    private const int Shards = 3;

    public static string ConnectionString(RedisNodes nodes) => $"{string.Join(',', nodes.EndPoints)},password={RedisNodes.Password},abortConnect=false";

    /// <summary>Makes six fresh nodes a cluster, and returns when every node sees all of it.</summary>
    /// <param name="nodes">Six empty nodes.</param>
    /// <param name="nodeTimeoutMilliseconds">After forming; a failover takes about 1.5 times as long.</param>
    public static async Task FormAsync(RedisNodes nodes, int nodeTimeoutMilliseconds = 5000)
    {
        // A young primary waits for the node timeout before it accepts writes: a short one while forming makes that half a second.
        await OnAll(nodes, "CONFIG", "SET", "cluster-node-timeout", "500");
        for (var i = 0; i < Shards; i++)
        {
            await nodes[i].AskAsync("CLUSTER", "SET-CONFIG-EPOCH", $"{i + 1}");
            await nodes[i].AskAsync("CLUSTER", "ADDSLOTSRANGE", $"{i * 16384 / Shards}", $"{((i + 1) * 16384 / Shards) - 1}");
        }

        foreach (var node in nodes.All)
        {
            foreach (var other in nodes.All.Where(other => other != node))
            {
                await node.AskAsync("CLUSTER", "MEET", other.Address, $"{other.Port}");
            }
        }

        for (var i = 0; i < Shards; i++)
        {
            await ReplicateAsync(nodes[i + Shards], nodes[i]);
        }

        foreach (var node in nodes.All)
        {
            await Eventually.HoldsAsync($"{node.EndPoint} sees three primaries with a linked replica each and the cluster ok", async _ => await SeesAllAsync(node));
        }

        await OnAll(nodes, "CONFIG", "SET", "cluster-node-timeout", $"{nodeTimeoutMilliseconds}");
    }

    /// <summary>Gives empty slots to another primary, one after the other, as every primary is told when a move ends.</summary>
    /// <param name="primaries">All of them, the new owner included, whose configuration epoch must be newer than the owner's.</param>
    /// <param name="first">The first slot.</param>
    /// <param name="last">The last slot.</param>
    /// <param name="owner">The new owner.</param>
    public static async Task MoveSlotsAsync(IReadOnlyList<RedisNode> primaries, int first, int last, RedisNode owner)
    {
        var id = await owner.AskTextAsync("CLUSTER", "MYID");
        // The new owner first: until the old one knows, callers are sent back and forth, and no slot is without an owner.
        foreach (var node in primaries.OrderByDescending(node => node == owner))
        {
            await using var connection = await node.ConnectAsync();
            for (var slot = first; slot <= last; slot++)
            {
                await connection.SendAsync(["CLUSTER", "SETSLOT", $"{slot}", "NODE", id], TestContext.Current.CancellationToken);
            }
        }
    }

    /// <summary>Adds a primary without slots and its replica.</summary>
    public static async Task<(RedisNode Primary, RedisNode Replica)> AddShardAsync(RedisNodes nodes)
    {
        var added = await nodes.AddAsync(2);
        await added[0].AskAsync("CLUSTER", "SET-CONFIG-EPOCH", "100"); // newer than that of every owner
        foreach (var node in added)
        {
            await node.AskAsync("CLUSTER", "MEET", nodes[0].Address, $"{nodes[0].Port}");
        }

        await ReplicateAsync(added[1], added[0]);
        var replica = await added[1].AskTextAsync("CLUSTER", "MYID");
        await Eventually.HoldsAsync("every node knows the replica", async _ => (await Task.WhenAll(nodes.All.Select(node => node.AskTextAsync("CLUSTER", "NODES")))).All(view => view.Split('\n').Any(line => line.StartsWith(replica, StringComparison.Ordinal) && line.Contains("slave", StringComparison.Ordinal))));
        return (added[0], added[1]);
    }

    /// <summary>Makes an empty node a replica as soon as it knows its primary.</summary>
    public static async Task ReplicateAsync(RedisNode replica, RedisNode primary)
    {
        var id = await primary.AskTextAsync("CLUSTER", "MYID");
        await Eventually.HoldsAsync($"{replica.EndPoint} knows its primary", async _ => (await replica.AskTextAsync("CLUSTER", "NODES")).Contains(id, StringComparison.Ordinal));
        await replica.AskAsync("CLUSTER", "REPLICATE", id);
    }

    /// <summary>The node that is the primary of the slot of <paramref name="key"/> now, in the eyes of <paramref name="witness"/>.</summary>
    public static async Task<RedisNode> PrimaryOfAsync(RedisNodes nodes, RedisNode witness, string key)
    {
        var slot = (await witness.AskAsync("CLUSTER", "KEYSLOT", key)).Number;
        var line = (await witness.AskTextAsync("CLUSTER", "NODES")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Single(line => line.Contains("master", StringComparison.Ordinal) && line.Split(' ').Skip(8).Any(range => Contains(range, slot)));
        return nodes.All.Single(node => line.Contains($":{node.Port}@", StringComparison.Ordinal));
    }

    private static bool Contains(string range, long slot)
    {
        var ends = range.Split('-');
        return long.Parse(ends[0], System.Globalization.CultureInfo.InvariantCulture) <= slot && slot <= long.Parse(ends[^1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<bool> SeesAllAsync(RedisNode node)
    {
        var view = await node.AskTextAsync("CLUSTER", "NODES");
        var state = await node.AskTextAsync("CLUSTER", "INFO");
        var replication = await node.AskTextAsync("INFO", "replication");
        return view.Split("slave").Length - 1 == Shards
            && !view.Contains("handshake", StringComparison.Ordinal) && !view.Contains("fail", StringComparison.Ordinal)
            && state.Contains("cluster_state:ok", StringComparison.Ordinal)
            && (replication.Contains("master_link_status:up", StringComparison.Ordinal) || replication.Contains("connected_slaves:1", StringComparison.Ordinal));
    }

    private static Task<Reply[]> OnAll(RedisNodes nodes, params string[] command) => Task.WhenAll(nodes.All.Select(node => node.AskAsync(command)));
}
