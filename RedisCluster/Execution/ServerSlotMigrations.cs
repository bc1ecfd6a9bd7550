using System.Collections.Immutable;
using RedisCluster.Topology;
using RedisCluster.Wire;

namespace RedisCluster.Execution;

/// <summary>Sends one command to one node.</summary>
internal delegate Task<Reply> NodeCommand(object[] command, CancellationToken cancellationToken);

/// <summary>
/// Slot moves that a server makes by itself and completes in one moment, so that no slot is ever half moved: CLUSTER MIGRATESLOTS of Valkey 9,
/// sent to the source, and CLUSTER MIGRATION of Redis 8.4, sent to the target.
/// </summary>
internal static class ServerSlotMigrations
{
    private static readonly Version FirstValkey = new(9, 0);
    private static readonly Version FirstRedis = new(8, 4);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan CancelTimeout = TimeSpan.FromSeconds(2);

    public static bool AreOfferedBy(ServerVersion server) => server.Version >= (server.Kind is ServerKind.Valkey ? FirstValkey : FirstRedis);

    /// <summary>The moves that a node is busy with.</summary>
    public static async Task<ImmutableArray<ServerSlotMigration>> RunningOnAsync(NodeCommand node, ServerKind kind, CancellationToken cancellationToken)
    {
        var jobs = await JobsAsync(node, kind, cancellationToken);
        return [.. jobs.Where(job => job.State is JobState.Running).Select(job => new ServerSlotMigration(job.Source, job.Target, job.Slots))];
    }

    /// <summary>Has the slots moved and waits for it; a cancelled wait cancels the move too.</summary>
    /// <exception cref="InvalidOperationException">The server gave up; the message is its own.</exception>
    public static async Task MoveAsync(NodeCommand source, NodeCommand target, NodeId targetId, ServerKind kind, SlotSet slots, CancellationToken cancellationToken)
    {
        var asked = kind is ServerKind.Valkey ? source : target;
        var before = (await JobsAsync(asked, kind, cancellationToken)).Select(job => job.Name).ToHashSet();
        await asked(
            kind is ServerKind.Valkey
                ? ["CLUSTER", "MIGRATESLOTS", "SLOTSRANGE", .. Executor.Ends(slots), "NODE", targetId.Value]
                : ["CLUSTER", "MIGRATION", "IMPORT", .. Executor.Ends(slots)],
            cancellationToken);
        try
        {
            while (true)
            {
                var jobs = (await JobsAsync(asked, kind, cancellationToken)).Where(job => !before.Contains(job.Name) && job.Slots.Overlaps(slots)).ToArray();
                if (jobs.FirstOrDefault(job => job.State is JobState.Failed) is { } failed)
                {
                    throw new InvalidOperationException($"moving slots {failed.Slots} failed: {failed.Message}");
                }

                if (jobs.Length > 0 && jobs.All(job => job.State is JobState.Done))
                {
                    return;
                }

                await Task.Delay(Pause, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            using var limit = new CancellationTokenSource(CancelTimeout);
            await asked(kind is ServerKind.Valkey ? ["CLUSTER", "CANCELSLOTMIGRATIONS"] : ["CLUSTER", "MIGRATION", "CANCEL", "ALL"], limit.Token);
            throw;
        }
    }

    private static async Task<ImmutableArray<Job>> JobsAsync(NodeCommand node, ServerKind kind, CancellationToken cancellationToken)
    {
        var reply = await node(kind is ServerKind.Valkey ? ["CLUSTER", "GETSLOTMIGRATIONS"] : ["CLUSTER", "MIGRATION", "STATUS", "ALL"], cancellationToken);
        return [.. reply.Items.Select(item => kind is ServerKind.Valkey ? ValkeyJob(Fields(item)) : RedisJob(Fields(item)))];
    }

    private static Dictionary<string, string> Fields(Reply item) =>
        item.Items.Chunk(2).ToDictionary(pair => pair[0].Text, pair => pair[1].Text, StringComparer.Ordinal);

    // A job that has only begun, or is told by a replica, may not name both nodes yet.
    // name .. operation EXPORT slot_ranges "0-100 200-210" target_node .. source_node .. state success message ""
    private static Job ValkeyJob(Dictionary<string, string> fields) => new(
        fields["name"],
        new NodeId(fields.GetValueOrDefault("source_node", "")),
        new NodeId(fields.GetValueOrDefault("target_node", "")),
        SlotSet.Parse(fields["slot_ranges"].Replace(' ', ',')),
        fields["state"] switch
        {
            "success" => JobState.Done,
            "failed" or "cancelled" or "canceled" => JobState.Failed,
            _ => JobState.Running,
        },
        fields.GetValueOrDefault("message", ""));

    // id .. slots "0-100 200-210" source .. dest .. operation import state completed last_error ""
    private static Job RedisJob(Dictionary<string, string> fields) => new(
        fields["id"],
        new NodeId(fields["source"]),
        new NodeId(fields["dest"]),
        SlotSet.Parse(fields["slots"].Replace(' ', ',')),
        fields["state"] switch
        {
            "completed" => JobState.Done,
            "failed" or "canceled" or "cancelled" => JobState.Failed,
            _ => JobState.Running,
        },
        fields.GetValueOrDefault("last_error", ""));

    private enum JobState
    {
        Running,
        Done,
        Failed,
    }

    private sealed record Job(string Name, NodeId Source, NodeId Target, SlotSet Slots, JobState State, string Message);
}
