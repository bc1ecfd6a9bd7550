using System.Collections.Immutable;
using RedisCluster.Planning;
using RedisCluster.Topology;
using RedisCluster.Wire;

namespace RedisCluster.Execution;

/// <summary>
/// Moves slots with their keys under traffic, some slots at a time. Ended at any point it leaves slots that are open between the two
/// nodes, which the next run finishes by moving them again.
/// </summary>
/// <param name="connections">How to reach the nodes.</param>
/// <param name="introduction">Makes clients know a new owner.</param>
/// <param name="progress">Where to say what arrived.</param>
/// <param name="patience">
/// How long the target may take for what the source sends it together. A key is moved by one command, however big it is: a set of millions of members takes seconds.
/// </param>
/// <param name="time">The clock.</param>
internal sealed class SlotMover(NodeConnections connections, ClientIntroduction introduction, MoveProgress progress, TimeSpan patience, TimeProvider time)
{
    // Bounds of what a node does for us before it turns to its clients again: their calls wait that long.
    private const int SlotsInBatch = 64;
    private const int KeysInBatch = 160;

    // A target that hangs holds up the source by each MIGRATE that waits there already.
    private const int MigrationsInFlight = 8;

    // So that each part of what the servers move by themselves arrives within the deadline.
    private const long KeysInServerMove = 1_000_000;

    // Slots of a batch whose answers are waited for together, where each keeps its connection waiting.
    private const int ConnectionsWhereSlotsWait = 16;

    private static readonly TimeSpan ServingTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ServingPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(2);

    /// <exception cref="NodeException">A node does not answer, or not as the move needs it.</exception>
    public async Task MoveAsync(MoveSlots move, CancellationToken cancellationToken)
    {
        var source = await connections.GetAsync(move.Source.Announced, TimeSpan.Zero, cancellationToken);
        var target = await connections.GetAsync(move.Target.Announced, TimeSpan.Zero, cancellationToken);
        var route = new Route(source, target, move);
        var keysInSlot = await KeysInSlots.CountAsync(source, move.Slots, cancellationToken);
        await UntilItServesAsync(target, cancellationToken);
        progress.Start(move.Slots.Count, keysInSlot.Values.Sum());
        switch (move.Method)
        {
            case MoveMethod.ByServer:
                foreach (var part in Batches(move.Slots, keysInSlot, SlotSet.SlotCount, KeysInServerMove))
                {
                    await MoveByServerAsync(route, SlotSet.Of(part), part.Sum(slot => keysInSlot[slot]), cancellationToken);
                }

                break;
            case MoveMethod.AtOnce when keysInSlot.Values.Sum() <= KeysInBatch:
                await MoveAtOnceAsync(route, move.Slots.Single(), cancellationToken);
                break;
            default:
                if (!move.Introducers.IsEmpty)
                {
                    await introduction.ToAsync(move.Target.Announced, move.Introducers, cancellationToken);
                }

                foreach (var batch in Batches(move.Slots, keysInSlot, SlotsInBatch, KeysInBatch))
                {
                    await MoveBatchAsync(route, batch, cancellationToken);
                }

                break;
        }
    }

    private async Task MoveByServerAsync(Route route, SlotSet slots, long keys, CancellationToken cancellationToken)
    {
        try
        {
            await ServerSlotMigrations.MoveAsync(route.Source.SendAsync, route.Target.SendAsync, route.Move.Target.Id, route.Move.ServerKind, slots, cancellationToken);
        }
        catch (InvalidOperationException exception)
        {
            throw new NodeRefusedException(route.Source.Address, route.Move.ToString(), exception.Message);
        }

        progress.Moved(slots.Count, keys, bytes: 0);
    }

    // A primary that joined a moment ago refuses every key (CLUSTERDOWN), ours and those of clients that we would send there.
    private async Task UntilItServesAsync(NodeConnection target, CancellationToken cancellationToken)
    {
        if (!await Until.HoldsAsync(
            async token => (await target.SendAsync(["CLUSTER", "INFO"], token)).Text.Contains("cluster_state:ok", StringComparison.Ordinal),
            ServingTimeout,
            ServingPause,
            time,
            cancellationToken))
        {
            throw new NodeRefusedException(target.Address, "slots", $"its cluster_state is not ok after {ServingTimeout.TotalSeconds:0} s");
        }
    }

    private static IEnumerable<ImmutableArray<int>> Batches(SlotSet slots, Dictionary<int, long> keysInSlot, int mostSlots, long mostKeys)
    {
        var batch = ImmutableArray.CreateBuilder<int>();
        var keys = 0L;
        foreach (var slot in slots)
        {
            if (batch.Count == mostSlots || (batch.Count > 0 && keys + keysInSlot[slot] > mostKeys))
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
                    .. keys.Count > 0 ? [Migrate(route, keys.Select(key => key.Bytes!), patience)] : Array.Empty<object[]>(),
                    ["CLUSTER", "SETSLOT", slot, "NODE", move.Target.Id.Value],
                ],
                patience + Leeway,
                cancellationToken);
        }
        catch (NodeRefusedException)
        {
            await MoveBatchAsync(route, [slot], cancellationToken);
            return;
        }

        await SetSlotsAsync(route, target.Address, [slot], "NODE", move.Target.Id, null, cancellationToken);
        await InformOthersAsync(route, [slot], cancellationToken);
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
            foreach (var together in part.Chunk(MigrationsInFlight))
            {
                await Task.WhenAll(together.Select(chunk =>
                    source.SendAsync(Migrate(route, chunk.Keys, patience / together.Length), patience + Leeway, cancellationToken)));
                progress.Moved(0, together.Sum(chunk => chunk.Keys.Count), together.Sum(chunk => chunk.Bytes));
            }
        }

        // The target first: ended here, the slot has an owner and its keys are there. The other way round nobody would own it.
        await SetSlotsAsync(route, target.Address, slots, "NODE", move.Target.Id, null, cancellationToken);
        await Task.WhenAll(
            SetSlotsAsync(route, source.Address, slots, "NODE", move.Target.Id, "SETSLOT only with masters", cancellationToken),
            InformOthersAsync(route, slots, cancellationToken));
        progress.Moved(slots.Length, 0, 0);
    }

    private Task InformOthersAsync(Route route, ImmutableArray<int> slots, CancellationToken cancellationToken) =>
        Task.WhenAll(route.Move.OtherPrimaries.Select(other =>
            SetSlotsAsync(route, other, slots, "NODE", route.Move.Target.Id, "SETSLOT only with masters", cancellationToken)));

    private object[] Migrate(Route route, IEnumerable<byte[]> keys, TimeSpan timeout)
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
            "MIGRATE", route.Move.TargetAddress.Ip, route.Move.TargetAddress.Port, "", 0, Math.Max(1, (long)timeout.TotalMilliseconds),
            "REPLACE", .. credentials, "KEYS", .. keys,
        ];
    }

    private async Task SetSlotsAsync(
        Route route, NodeAddress node, ImmutableArray<int> slots, string state, NodeId peer, string? alreadySo, CancellationToken cancellationToken)
    {
        var to = await connections.GetAsync(node, route.Move.SetSlotWaits ? Math.Min(slots.Length, ConnectionsWhereSlotsWait) : 1, cancellationToken);
        await Task.WhenAll(slots.Select((slot, index) =>
        {
            var command = to[index % to.Length].SendAsync(["CLUSTER", "SETSLOT", slot, state, peer.Value], cancellationToken);
            return alreadySo is null ? command : command.ToleratingAsync(alreadySo);
        }));
    }

    private sealed record Route(NodeConnection Source, NodeConnection Target, MoveSlots Move);
}
