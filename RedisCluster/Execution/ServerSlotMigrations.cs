using RedisCluster.Observing;
using RedisCluster.Topology;
using RedisCluster.Wire;

namespace RedisCluster.Execution;

/// <summary>
/// Slot moves that a server makes by itself and completes in one moment, so that no slot is ever half moved: CLUSTER MIGRATESLOTS of Valkey 9,
/// sent to the source, and CLUSTER MIGRATION of Redis 8.4, sent to the target.
/// </summary>
internal static class ServerSlotMigrations
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan CancelTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Has the slots moved and waits for it; a cancelled wait cancels the move too.</summary>
    /// <exception cref="InvalidOperationException">The server gave up; the message is its own.</exception>
    public static async Task MoveAsync(NodeCommand source, NodeCommand target, NodeId targetId, ServerKind kind, SlotSet slots, CancellationToken cancellationToken)
    {
        var asked = kind is ServerKind.Valkey ? source : target;
        var before = (await SlotMigrationStatus.ReadAsync(asked, kind, cancellationToken)).Select(job => job.Name).ToHashSet();
        await asked(
            kind is ServerKind.Valkey
                ? ["CLUSTER", "MIGRATESLOTS", "SLOTSRANGE", .. slots.Bounds(), "NODE", targetId.Value]
                : ["CLUSTER", "MIGRATION", "IMPORT", .. slots.Bounds()],
            cancellationToken);
        try
        {
            while (true)
            {
                var jobs = (await SlotMigrationStatus.ReadAsync(asked, kind, cancellationToken)).Where(job => !before.Contains(job.Name) && job.Slots.Overlaps(slots)).ToArray();
                if (jobs.FirstOrDefault(job => job.State is MigrationState.Failed) is { } failed)
                {
                    throw new InvalidOperationException($"moving slots {failed.Slots} failed: {failed.Message}");
                }

                if (jobs.Length > 0 && jobs.All(job => job.State is MigrationState.Done))
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
}
