using Microsoft.Extensions.Options;

namespace SampleApi.Patterns.Snapshots;

/// <summary>
/// Every instance runs this, and one at a time does the work: the holder of the lock, for as long as it lives. When it stops it gives the lock back, when it dies the
/// lock expires, and another goes on. The lock saves double work; that nothing wrong is written is the fencing token's part.
/// </summary>
internal sealed class SnapshotJob(IServiceProvider services, IOptions<SnapshotOptions> options, ApiInstance instance, ILogger<SnapshotJob> logger) : ClusterLoop(logger)
{
    internal const string LockName = "snapshots";

    private readonly SnapshotOptions _options = options.Value;

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        var locks = services.GetRequiredService<ClusterLocks>();
        var snapshots = services.GetRequiredService<SnapshotStore>();
        using var timer = new PeriodicTimer(_options.LockLength / 3);
        do
        {
            await TryAsync(locks, snapshots, stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <inheritdoc/>
    protected override void TellAway(string reason) => logger.SnapshotFailed(reason);

    private async Task TryAsync(ClusterLocks locks, SnapshotStore snapshots, CancellationToken stoppingToken)
    {
        try
        {
            await using var held = await locks.TryTakeAsync(LockName, _options.LockLength);
            if (held is null)
            {
                Answered();
                return;
            }

            using var end = CancellationTokenSource.CreateLinkedTokenSource(held.Lost, stoppingToken);
            using var timer = new PeriodicTimer(_options.Every);
            logger.TakesSnapshots(held.FencingToken);
            do
            {
                foreach (var board in _options.Boards.DefaultIfEmpty("main"))
                {
                    if (!await snapshots.TakeAsync(board, held.FencingToken, instance.Name))
                    {
                        logger.SnapshotRefused(board, held.FencingToken);
                        return;
                    }
                }

                Answered();
            }
            while (await timer.WaitForNextTickAsync(end.Token));
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            logger.LockLost();
        }
    }
}
