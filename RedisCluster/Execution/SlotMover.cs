using System.Collections.Immutable;
using System.Diagnostics;
using RedisCluster.Planning;
using RedisCluster.Topology;
using RedisCluster.Wire;

namespace RedisCluster.Execution;

/// <summary>
/// Moves slots with their keys under traffic, some slots at a time. Ended at any point it leaves slots that are open between the two
/// nodes, which the next run finishes by moving them again.
/// </summary>
internal sealed class SlotMover(NodeConnections connections, ClientIntroduction introduction, MoveProgress progress)
{
    // Bounds of what a node does for us before it turns to its clients again: their calls wait that long.
    private const int SlotsInBatch = 64;
    private const int KeysInBatch = 160;

    // Slots of a batch whose answers are waited for together, where each keeps its connection waiting.
    private const int ConnectionsWhereSlotsWait = 16;

    // A key is moved by one command, however big it is: a set of millions of members takes seconds.
    private static readonly TimeSpan MigrateTimeout = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan ServingTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ServingPause = TimeSpan.FromMilliseconds(10);

    public async Task MoveAsync(MoveSlots move, ClusterObservation observation, CancellationToken cancellationToken)
    {
        var source = await connections.GetAsync(move.Source.Announced, TimeSpan.Zero, cancellationToken);
        var keysInSlot = await KeysInSlots.CountAsync(source, move.Slots, cancellationToken);
        var route = new Route(
            source,
            await connections.GetAsync(move.Target.Announced, TimeSpan.Zero, cancellationToken),
            move,
            observation.Find(move.Target.Id)?.OwnAddress ?? throw new NodeUnreachableException(move.Target.Announced, "it was not observed"),
            [.. observation.Nodes.Where(node => node.IsPrimary && node.Id != move.Source.Id && node.View.Find(move.Target.Id) is { IsMyself: false }).Select(node => node.Announced)],
            observation.Nodes.Any(node => node.Server.SetSlotWaitsForReplicas));
        await UntilItServesAsync(route.Target, cancellationToken);
        progress.Start(move, keysInSlot.Values.Sum());
        if (ServerMoves(move, observation) is { } kind)
        {
            await MoveByServerAsync(route, kind, keysInSlot.Values.Sum(), cancellationToken);
            return;
        }

        if (move.Slots.Count == 1 && observation.Find(move.Target.Id) is { Slots.IsEmpty: true })
        {
            await (keysInSlot.Values.Single() > KeysInBatch || route.SetSlotWaits
                ? MoveBatchAsync(route, [.. move.Slots], cancellationToken)
                : MoveAtOnceAsync(route, move.Slots.Single(), cancellationToken));
            return;
        }

        await introduction.ToAsync(
            move.Target.Announced,
            [.. observation.Nodes.Where(node => !node.Slots.IsEmpty && node.Id != move.Target.Id).Select(node => node.Announced)],
            cancellationToken);
        foreach (var batch in Batches(move.Slots, keysInSlot))
        {
            await MoveBatchAsync(route, batch, cancellationToken);
        }
    }

    // Null when one of the two cannot, or when some of the slots were already opened the other way.
    private static ServerKind? ServerMoves(MoveSlots move, ClusterObservation observation) =>
        (observation.Find(move.Source.Id), observation.Find(move.Target.Id)) is ({ } source, { } target)
        && source.Server.Kind == target.Server.Kind
        && source.Server.MovesSlotsItself
        && target.Server.MovesSlotsItself
        && source.View.Myself.OpenSlots.IsEmpty
        && target.View.Myself.OpenSlots.IsEmpty
            ? source.Server.Kind
            : null;

    private async Task MoveByServerAsync(Route route, ServerKind kind, long keys, CancellationToken cancellationToken)
    {
        try
        {
            await ServerSlotMigrations.MoveAsync(
                route.Source.SendAsync, route.Target.SendAsync, route.Move.Target.Id, kind, route.Move.Slots, cancellationToken);
        }
        catch (InvalidOperationException exception)
        {
            throw new NodeRefusedException(route.Source.Address, route.Move.ToString(), exception.Message);
        }

        progress.Moved(route.Move.Slots.Count, keys, bytes: 0);
    }

    // A primary that joined a moment ago refuses every key (CLUSTERDOWN), ours and those of clients that we would send there.
    private static async Task UntilItServesAsync(NodeConnection target, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        while (!(await target.SendAsync(["CLUSTER", "INFO"], cancellationToken)).Text.Contains("cluster_state:ok", StringComparison.Ordinal))
        {
            if (Stopwatch.GetElapsedTime(start) > ServingTimeout)
            {
                throw new NodeRefusedException(target.Address, "slots", $"its cluster_state is not ok after {ServingTimeout.TotalSeconds:0} s");
            }

            await Task.Delay(ServingPause, cancellationToken);
        }
    }

    private static IEnumerable<ImmutableArray<int>> Batches(SlotSet slots, Dictionary<int, long> keysInSlot)
    {
        var batch = ImmutableArray.CreateBuilder<int>();
        var keys = 0L;
        foreach (var slot in slots)
        {
            if (batch.Count == SlotsInBatch || (batch.Count > 0 && keys + keysInSlot[slot] > KeysInBatch))
            {
                yield return batch.DrainToImmutable();
                keys = 0;
            }

            batch.Add(slot);
            keys += keysInSlot[slot];
        }

        yield return batch.DrainToImmutable();
    }

    // A slot whose keys go with it in one moment, so that no client ever sees it half moved and is asked to go to a node that it does not know. Keys that came
    // in between are refused by the last command and move as those of other slots do.
    private async Task MoveAtOnceAsync(Route route, int slot, CancellationToken cancellationToken)
    {
        var (source, target, move) = (route.Source, route.Target, route.Move);
        var keys = (await source.SendAsync(["CLUSTER", "GETKEYSINSLOT", slot, int.MaxValue], cancellationToken)).Items;
        await SetSlotsAsync(route, target.Address, [slot], "IMPORTING", move.Source.Id, "already the owner", cancellationToken);
        try
        {
            await source.SendAtOnceAsync(
                [
                    ["CLUSTER", "SETSLOT", slot, "MIGRATING", move.Target.Id.Value],
                    .. keys.Count > 0 ? [Migrate(route, keys.Select(key => key.Bytes!))] : Array.Empty<object[]>(),
                    ["CLUSTER", "SETSLOT", slot, "NODE", move.Target.Id.Value],
                ],
                cancellationToken);
        }
        catch (NodeRefusedException)
        {
            await MoveBatchAsync(route, [slot], cancellationToken);
            return;
        }

        await SetSlotsAsync(route, target.Address, [slot], "NODE", move.Target.Id, null, cancellationToken);
        await TellOthersAsync(route, [slot], cancellationToken);
        progress.Moved(1, keys.Count, bytes: 0);
    }

    private async Task MoveBatchAsync(Route route, ImmutableArray<int> slots, CancellationToken cancellationToken)
    {
        var (source, target, move) = (route.Source, route.Target, route.Move);

        // The target first: a source that sends clients on to a target that does not expect them would make both refuse.
        await SetSlotsAsync(route, target.Address, slots, "IMPORTING", move.Source.Id, "already the owner", cancellationToken);
        await SetSlotsAsync(route, source.Address, slots, "MIGRATING", move.Target.Id, "not the owner", cancellationToken);
        await foreach (var part in KeysInSlots.ReadAsync(source, slots, cancellationToken))
        {
            await Task.WhenAll(part.Select(chunk => MigrateAsync(route, chunk, cancellationToken)));
            progress.Moved(0, part.Sum(chunk => chunk.Keys.Count), part.Sum(chunk => chunk.Bytes));
        }

        // The target first: ended here, the slot has an owner and its keys are there. The other way round nobody would own it.
        await SetSlotsAsync(route, target.Address, slots, "NODE", move.Target.Id, null, cancellationToken);
        await Task.WhenAll(
            SetSlotsAsync(route, source.Address, slots, "NODE", move.Target.Id, "SETSLOT only with masters", cancellationToken),
            TellOthersAsync(route, slots, cancellationToken));
        progress.Moved(slots.Length, 0, 0);
    }

    private Task TellOthersAsync(Route route, ImmutableArray<int> slots, CancellationToken cancellationToken) =>
        Task.WhenAll(route.Others.Select(other =>
            SetSlotsAsync(route, other, slots, "NODE", route.Move.Target.Id, "SETSLOT only with masters", cancellationToken)));

    private Task<Reply> MigrateAsync(Route route, KeysInSlots.Chunk chunk, CancellationToken cancellationToken) =>
        route.Source.SendAsync(Migrate(route, chunk.Keys), cancellationToken);

    private object[] Migrate(Route route, IEnumerable<byte[]> keys)
    {
        object[] credentials = (connections.User, connections.Password) switch
        {
            ({ } user, { } password) => ["AUTH2", user, password],
            (null, { } password) => ["AUTH", password],
            _ => [],
        };

        // REPLACE: of a key that an interrupted run left on both sides, the source's is the one that clients used.
        return
        [
            "MIGRATE", route.TargetAddress.Ip, route.TargetAddress.Port, "", 0, (long)MigrateTimeout.TotalMilliseconds,
            "REPLACE", .. credentials, "KEYS", .. keys,
        ];
    }

    private async Task SetSlotsAsync(
        Route route, NodeAddress node, ImmutableArray<int> slots, string state, NodeId peer, string? alreadySo, CancellationToken cancellationToken)
    {
        var to = await connections.GetAsync(node, route.SetSlotWaits ? Math.Min(slots.Length, ConnectionsWhereSlotsWait) : 1, cancellationToken);
        await Task.WhenAll(slots.Select((slot, index) =>
        {
            var command = to[index % to.Length].SendAsync(["CLUSTER", "SETSLOT", slot, state, peer.Value], cancellationToken);
            return alreadySo is null ? command : command.ToleratingAsync(alreadySo);
        }));
    }

    private sealed record Route(
        NodeConnection Source, NodeConnection Target, MoveSlots Move, BusAddress TargetAddress, ImmutableArray<NodeAddress> Others, bool SetSlotWaits);
}
