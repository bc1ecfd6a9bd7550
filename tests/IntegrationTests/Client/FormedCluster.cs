using Microsoft.Extensions.Logging.Abstractions;
using RedisCluster.Execution;
using RedisCluster.Topology;
using RedisCluster.Wire;
using Support;
using Xunit;

namespace IntegrationTests.Client;

/// <summary>Three shards with a replica each: node i (0, 1, 2) is the primary of a third of the slots, node i + 3 its replica.</summary>
internal static class FormedCluster
{
    private const int Shards = 3;

    public static string ConnectionString(RedisNodes nodes) => $"{string.Join(',', nodes.EndPoints)},password={RedisNodes.Password},abortConnect=false";

    /// <summary>Makes six fresh nodes a cluster, and returns when every node sees all of it.</summary>
    /// <param name="nodes">Six empty nodes.</param>
    /// <param name="nodeTimeoutMilliseconds">A failover takes about 1.5 times as long.</param>
    public static async Task FormAsync(RedisNodes nodes, int nodeTimeoutMilliseconds = 5000)
    {
        await using var connections = new NodeConnections(user: null, RedisNodes.Password);
        var reconciler = Reconciler.Of(connections, deadline: TimeSpan.FromSeconds(30), TimeProvider.System, NullLogger.Instance);
        var wanted = new WantedCluster(Shards, ReplicasPerShard: 1, [.. nodes.EndPoints.Select(NodeAddress.Parse)], TimeSpan.FromMilliseconds(nodeTimeoutMilliseconds));
        Assert.IsType<Outcome.Ready>(await reconciler.RunAsync(wanted, TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
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

    /// <summary>Gives the slot of a key without data to another primary, and returns both.</summary>
    public static async Task<(RedisNode From, RedisNode To)> MoveSlotOfAsync(RedisNodes nodes, string key)
    {
        var primaries = nodes.All.Take(Shards).ToList();
        var owner = await PrimaryOfAsync(nodes, nodes[0], key);
        var target = primaries.First(node => node != owner);
        var slot = await SlotOfAsync(owner, key);
        await MoveSlotsAsync(primaries, slot, slot, target);
        return (owner, target);
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
        await Eventually.HoldsAsync("every node knows the replica", async _ => (await Task.WhenAll(nodes.All.Select(ViewAsync))).All(view => view.Entries.Any(entry => entry.Port == added[1].Port && entry.IsReplica)));
        return (added[0], added[1]);
    }

    /// <summary>Makes an empty node a replica as soon as it knows its primary.</summary>
    public static async Task ReplicateAsync(RedisNode replica, RedisNode primary)
    {
        var id = await primary.AskTextAsync("CLUSTER", "MYID");
        await Eventually.HoldsAsync($"{replica.EndPoint} knows its primary", async _ => (await ViewAsync(replica)).Find(new NodeId(id)) is not null);
        await replica.AskAsync("CLUSTER", "REPLICATE", id);
    }

    /// <summary>The node that is the primary of the slot of <paramref name="key"/> now, in the eyes of <paramref name="witness"/>.</summary>
    public static async Task<RedisNode> PrimaryOfAsync(RedisNodes nodes, RedisNode witness, string key)
    {
        var slot = await SlotOfAsync(witness, key);
        var primary = (await ViewAsync(witness)).Entries.Single(entry => entry.Slots.Contains(slot));
        return nodes.All.Single(node => node.Port == primary.Port);
    }

    /// <summary>The replica of a node that has been a primary since the cluster was formed.</summary>
    public static RedisNode ReplicaOf(RedisNodes nodes, RedisNode primary) => nodes[nodes.All.ToList().IndexOf(primary) + Shards];

    public static async Task<bool> IsPrimaryAsync(RedisNode node) => (await ViewAsync(node)).Myself.IsPrimary;

    public static Task BecomesPrimaryAsync(RedisNode replica) => Eventually.HoldsAsync($"{replica.EndPoint} is promoted", _ => IsPrimaryAsync(replica));

    public static async Task<NodeTable> ViewAsync(RedisNode node) => ClusterNodesReply.Parse(await node.AskTextAsync("CLUSTER", "NODES"));

    private static async Task<int> SlotOfAsync(RedisNode node, string key) => (int)(await node.AskAsync("CLUSTER", "KEYSLOT", key)).Number;
}
