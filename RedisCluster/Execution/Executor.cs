using Microsoft.Extensions.Logging;
using RedisCluster.Planning;
using RedisCluster.Topology;
using RedisCluster.Wire;

namespace RedisCluster.Execution;

/// <summary>
/// Carries out one action. What an interrupted or repeated run did before is noticed by the node's own words; any other refusal ends the
/// pass, and the next observation decides.
/// </summary>
internal sealed class Executor(NodeConnections connections, SlotMover mover, ClientIntroduction introduction, TimeProvider time)
{
    private static readonly TimeSpan FailOverTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan FarewellPause = TimeSpan.FromMilliseconds(100);

    public static Executor Of(NodeConnections connections, MoveProgress progress, TimeSpan patience, TimeProvider time, ILogger logger)
    {
        var introduction = new ClientIntroduction(connections, time, logger);
        return new Executor(connections, new SlotMover(connections, introduction, progress, patience, time), introduction, time);
    }

    /// <exception cref="NodeException">A node does not answer, or not as the action needs it.</exception>
    public async Task ExecuteAsync(ClusterAction action, CancellationToken cancellationToken)
    {
        Task SendAsync(params object[] command) => connections.SendAsync(action.Node, command, cancellationToken);

        switch (action)
        {
            case SetNodeTimeout { Timeout: var timeout }:
                await SendAsync("CONFIG", "SET", "cluster-node-timeout", (long)timeout.TotalMilliseconds);
                break;
            case StayPrimary:
                await SendAsync("CONFIG", "SET", "cluster-allow-replica-migration", "no");
                break;
            case SetConfigEpoch { Epoch: var epoch }:
                // Without an epoch of its own a node gets one by collision resolution, some seconds later and harmlessly.
                await SendAsync("CLUSTER", "SET-CONFIG-EPOCH", epoch).ToleratingAsync("is already non-zero", "does not know any other node");
                break;
            case AddSlots { Slots: var slots }:
                await SendAsync(["CLUSTER", "ADDSLOTSRANGE", .. slots.Bounds()]);
                break;
            case DeleteSlots { Slots: var slots }:
                await SendAsync(["CLUSTER", "DELSLOTSRANGE", .. slots.Bounds()]);
                break;
            case Meet { PeerAddress: var peer }:
                await SendAsync("CLUSTER", "MEET", peer.Ip, peer.Port, peer.BusPort);
                break;
            case Replicate { Primary: var primary }:
                await SendAsync("CLUSTER", "REPLICATE", primary.Id.Value);
                break;
            case Forget { Id: var id }:
                await SendAsync("CLUSTER", "FORGET", id.Value).ToleratingAsync("Unknown node");
                break;
            case Reset { Kind: var kind }:
                await ResetAsync(action.Node, kind, cancellationToken);
                break;
            case FailOver { Mode: var mode }:
                await Failover.OrderAsync(
                    action.Node, (command, token) => connections.SendAsync(action.Node, command, token), mode, FailOverTimeout, cancellationToken);
                break;
            case SetSlotStable { Slots: var slots }:
                await Task.WhenAll(slots.Select(slot => SendAsync("CLUSTER", "SETSLOT", slot, "STABLE")));
                break;
            case SetSlotOwner { Slots: var slots, Owner: var owner }:
                // A primary that lost its last slot has made itself a replica and learns owners by gossip.
                await Task.WhenAll(slots.Select(slot =>
                    SendAsync("CLUSTER", "SETSLOT", slot, "NODE", owner.Id.Value).ToleratingAsync("SETSLOT only with masters")));
                break;
            case BumpEpoch:
                await SendAsync("CLUSTER", "BUMPEPOCH");
                break;
            case NudgeReplication { Primary: var primary }:
                await NudgeAsync(action.Node, primary.Announced, cancellationToken);
                break;
            case MoveSlots move:
                await mover.MoveAsync(move, cancellationToken);
                break;
            default:
                throw new NotSupportedException($"No way to carry out '{action}'.");
        }
    }

    private async Task NudgeAsync(NodeAddress replica, NodeAddress primary, CancellationToken cancellationToken)
    {
        // More replicas than anyone has, so that it asks them all for an acknowledgement, and waits.
        await connections.SendAsync(primary, ["WAIT", 1000, 5], cancellationToken);
        var report = new InfoReply((await connections.SendAsync(replica, ["INFO", "replication"], cancellationToken)).Text);
        if (report.Replication is { LinkUp: true, Offset: 0 })
        {
            await connections.SendAsync(replica, ["CLIENT", "KILL", "TYPE", "master"], cancellationToken);
        }
    }

    private async Task ResetAsync(NodeAddress node, ResetKind kind, CancellationToken cancellationToken)
    {
        if (kind is ResetKind.FlushAndHard)
        {
            // A replica is read-only; its reset empties it anyway.
            await connections.SendAsync(node, ["FLUSHALL"], cancellationToken).ToleratingAsync("READONLY");
        }

        await UntilNobodyIsSentOnAsync(node, cancellationToken);
        await connections.SendAsync(node, ["CLUSTER", "RESET", kind is ResetKind.Soft ? "SOFT" : "HARD"], cancellationToken);

        // The reset empties a replica in memory only: from its append-only file a restart would bring back the keys of the shard that it left.
        await connections.SendAsync(node, ["FLUSHALL"], cancellationToken);
    }

    // A node that gave its slots away tells clients where they are now (MOVED). After its reset the same clients would get an error, so those
    // hear of it, and those that still come get the time to learn: by itself the driver reads the new owners at most every few seconds.
    private async Task UntilNobodyIsSentOnAsync(NodeAddress node, CancellationToken cancellationToken)
    {
        await introduction.AnnounceAsync(node, cancellationToken);
        var sentOn = await CountAsync(cancellationToken);
        var quietSince = time.GetTimestamp();
        await Until.HoldsAsync(
            async token =>
            {
                var now = await CountAsync(token);
                (quietSince, sentOn) = now == sentOn ? (quietSince, sentOn) : (time.GetTimestamp(), now);
                return sentOn == 0 || time.GetElapsedTime(quietSince) >= QuietTime;
            },
            LongestFarewell,
            FarewellPause,
            time,
            cancellationToken);

        async Task<long> CountAsync(CancellationToken token) =>
            new InfoReply((await connections.SendAsync(node, ["INFO", "errorstats"], token)).Text).Number("errorstat_MOVED", "count");
    }
}
