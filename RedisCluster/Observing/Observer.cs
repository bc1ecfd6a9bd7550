using System.Collections.Immutable;
using RedisCluster.Topology;
using RedisCluster.Wire;

namespace RedisCluster.Observing;

/// <summary>Asks every listed node, all at the same time, what it is and what it sees.</summary>
internal sealed class Observer(NodeConnections connections)
{
    // A node that hangs keeps its connections open and says nothing.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    private const string SlotsWithKeys = """
        local found = {}
        for range = 1, #ARGV, 2 do
          for slot = tonumber(ARGV[range]), tonumber(ARGV[range + 1]) do
            if redis.call('CLUSTER', 'COUNTKEYSINSLOT', slot) > 0 then found[#found + 1] = slot end
          end
        end
        return found
        """;

    /// <summary>One look at all nodes; a node that does not answer within <paramref name="patience"/> is part of what is seen.</summary>
    public async Task<ClusterObservation> ObserveAsync(ImmutableArray<NodeAddress> nodes, TimeSpan patience, CancellationToken cancellationToken)
    {
        var observation = new ClusterObservation([.. await Task.WhenAll(nodes.Select(node => SightAsync(node, patience, cancellationToken)))]);
        var inDoubt = observation.SlotsInDoubt;
        if (inDoubt.IsEmpty || observation.Nodes.All(node => node.KeyCount == 0))
        {
            return observation;
        }

        return new ClusterObservation(
            [.. await Task.WhenAll(observation.Sightings.Select(sighting => CountKeysAsync(sighting, inDoubt, cancellationToken)))]);
    }

    private Task<NodeSighting> SightAsync(NodeAddress node, TimeSpan patience, CancellationToken cancellationToken) =>
        BoundedAsync(node, patience + AnswerTimeout, async limit => await AskAsync(node, await connections.GetAsync(node, patience, limit), limit), cancellationToken);

    private Task<NodeSighting> CountKeysAsync(NodeSighting sighting, SlotSet inDoubt, CancellationToken cancellationToken) =>
        sighting is not NodeObservation { KeyCount: > 0 } node
            ? Task.FromResult(sighting)
            : BoundedAsync(node.Announced, AnswerTimeout, async limit => node with { SlotsWithKeys = await SlotsWithKeysAsync(node.Announced, inDoubt, limit) }, cancellationToken);

    private async Task<NodeSighting> BoundedAsync(
        NodeAddress node, TimeSpan timeout, Func<CancellationToken, Task<NodeSighting>> ask, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            return await ask(limit.Token);
        }
        catch (NodeUnreachableException exception)
        {
            await connections.DropAsync(node);
            return new UnreachableNode(node, exception.Reason);
        }
        catch (NodeRefusedException exception) when (exception.IsTransient)
        {
            return new UnreachableNode(node, exception.Error);
        }
        catch (NodeRefusedException exception)
        {
            var reason = exception.Remedy is { } remedy ? $"{exception.Error}; {remedy}" : await TooOldAsync(node, cancellationToken) ?? exception.Error;
            await connections.DropAsync(node);
            return new UnusableNode(node, reason);
        }
        catch (FormatException exception)
        {
            return new UnusableNode(node, $"an answer that is not understood: {exception.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await connections.DropAsync(node);
            return new UnreachableNode(node, $"no answer within {timeout.TotalSeconds:0} s");
        }
    }

    // Redis before 7.0 refuses some of the questions before it could be asked what it is.
    private async Task<string?> TooOldAsync(NodeAddress node, CancellationToken cancellationToken)
    {
        try
        {
            var server = new InfoReply((await connections.SendAsync(node, ["INFO", "server"], cancellationToken).WaitAsync(AnswerTimeout, cancellationToken)).Text).Server;
            return server.IsTooOld ? $"{server}, which is older than Redis 7.0 or Valkey 7.2" : null;
        }
        catch (Exception exception) when (exception is NodeException or TimeoutException)
        {
            return null; // What it answered before is all there is to say.
        }
    }

    private static async Task<NodeSighting> AskAsync(NodeAddress node, NodeConnection connection, CancellationToken cancellationToken)
    {
        // Sent together, so that they are of one moment.
        var nodes = connection.SendAsync(["CLUSTER", "NODES"], cancellationToken);
        var slots = connection.SendAsync(["CLUSTER", "SLOTS"], cancellationToken);
        var cluster = connection.SendAsync(["CLUSTER", "INFO"], cancellationToken);
        var server = connection.SendAsync(["INFO", "server", "replication", "persistence"], cancellationToken);
        var client = connection.SendAsync(["CLIENT", "INFO"], cancellationToken);
        var size = connection.SendAsync(["DBSIZE"], cancellationToken);
        var timeout = connection.SendAsync(["CONFIG", "GET", "cluster-node-timeout"], cancellationToken);
        await Task.WhenAll(nodes, slots, cluster, server, client, size, timeout);

        var view = ClusterNodesReply.Parse(nodes.Result.Text);
        var info = new InfoReply(server.Result.Text);
        var version = info.Server;
        return new NodeObservation(node)
        {
            Server = version,
            View = view,
            OwnAddress = BusAddress.OfClientInfo(client.Result.Text, view.Myself.BusPort),
            ClusterStateOk = cluster.Result.Text.Contains("cluster_state:ok", StringComparison.Ordinal),
            KeyCount = size.Result.Number,
            Replication = info.Replication,
            History = info.History,
            IsLoading = info["loading"] == "1",
            Uptime = TimeSpan.FromSeconds(info.Number("uptime_in_seconds")),
            NodeTimeout = TimeSpan.FromMilliseconds(timeout.Result.Items[1].Number),
            ListedSlots = [.. slots.Result.Items.Select(ToListedSlots)],
            SlotMigrations = version.MovesSlotsItself
                ? [.. (await SlotMigrationStatus.ReadAsync(connection.SendAsync, version.Kind, cancellationToken)).Where(move => move.State is MigrationState.Running)]
                : [],
        };
    }

    // [first, last, [address, port, id, metadata], ...]
    private static ListedSlots ToListedSlots(Reply entry) => new(
        new SlotRange((int)entry.Items[0].Number, (int)entry.Items[1].Number),
        [.. entry.Items.Skip(2).Select(listed => new NodeId(listed.Items[2].Text))]);

    // Thousands of slots may be in doubt: asked one by one they would take longer than all the rest of the look.
    private async Task<SlotSet> SlotsWithKeysAsync(NodeAddress node, SlotSet slots, CancellationToken cancellationToken)
    {
        var reply = await connections.SendAsync(node, ["EVAL", SlotsWithKeys, 0, .. slots.Bounds()], cancellationToken);
        return SlotSet.Of(reply.Items.Select(slot => (int)slot.Number));
    }
}
