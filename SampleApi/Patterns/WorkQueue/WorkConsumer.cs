using System.Diagnostics;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace SampleApi.Patterns.WorkQueue;

/// <summary>
/// Works on the queue for as long as the instance runs. It takes no more jobs than it has hands free, so a stop has none to give back:
/// what is in hand is finished, within <see cref="WorkOptions.HandleWithin"/> and the time that the host has for its stop. What a crash, or a stop that took too long, leaves
/// behind is reclaimed by the others.
/// </summary>
internal sealed class WorkConsumer(IServiceProvider services, IOptions<WorkOptions> options, DoWork doWork, ApiInstance instance, ILogger<WorkConsumer> logger) : ClusterLoop(logger)
{
    private static readonly ActivitySource Activities = new("SampleApi");

    // Only a nudge that was lost makes a job wait this long.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly WorkOptions _options = options.Value;
    // Neither is disposed: a job that does not heed its end still uses them then.
    private readonly CancellationTokenSource _stopIsOver = new();
    private readonly SemaphoreSlim _hands = new(Math.Max(1, options.Value.Parallelism));
    private JobQueue _queue = null!;
    private Nudge _added = null!;
    private long _reclaimedAt;

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _options.Parallelism == 0 ? Task.CompletedTask : base.ExecuteAsync(stoppingToken);

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await _stopIsOver.CancelAsync(); // what is still in hand has no host any more
    }

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        _queue = services.GetRequiredService<JobQueue>();
        _added = services.GetRequiredKeyedService<Nudge>(JobQueue.AddedChannel);
        await _queue.EnsureGroupAsync();
        await WorkAsync(stoppingToken);
    }

    /// <inheritdoc/>
    protected override void TellAway(string reason) => logger.QueueAway(reason);

    /// <inheritdoc/>
    protected override async Task EndAsync()
    {
        try
        {
            for (var hand = 0; hand < _options.Parallelism; hand++)
            {
                await _hands.WaitAsync(_stopIsOver.Token);
            }

            // Null when the work never began.
            await (_queue is null ? Task.CompletedTask : _queue.LeaveAsync(instance.Name));
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            logger.QueueAway(exception.Message);
        }
        catch (OperationCanceledException)
        {
            // The host stops without waiting: as a consumer with jobs this instance stays known until they are reclaimed.
        }
    }

    private async Task WorkAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await _hands.WaitAsync(stoppingToken);
            var free = 1;
            while (free < _options.Parallelism && _hands.Wait(0, CancellationToken.None))
            {
                free++;
            }

            IReadOnlyList<Job> jobs = [];
            try
            {
                jobs = await NextAsync(free);
                Answered();
            }
            finally
            {
                if (free > jobs.Count)
                {
                    _hands.Release(free - jobs.Count);
                }
            }

            foreach (var job in jobs)
            {
                _ = HandleAsync(job);
            }

            if (jobs.Count == 0)
            {
                var patience = _options.ReclaimAfter < Patience ? _options.ReclaimAfter : Patience;
                await _added.WaitAsync(patience, stoppingToken);
            }
        }
    }

    private async Task<IReadOnlyList<Job>> NextAsync(int count)
    {
        if (Stopwatch.GetElapsedTime(_reclaimedAt) > _options.ReclaimAfter / 2)
        {
            var abandoned = await _queue.ReclaimAsync(instance.Name, _options.ReclaimAfter, count);
            if (abandoned.Count > 0)
            {
                return abandoned;
            }

            _reclaimedAt = Stopwatch.GetTimestamp();
        }

        return await _queue.TakeAsync(instance.Name, count);
    }

    // Ends in any case with a hand free: nobody waits for it.
    private async Task HandleAsync(Job job)
    {
        using var activity = Start(job);
        try
        {
            if (job.Attempt > _options.MaxAttempts)
            {
                await GiveUpAsync(job, $"It was abandoned by the instances that had it, {job.Attempt - 1} times.");
            }
            else
            {
                var (result, error) = await DoAsync(job);
                activity?.SetStatus(error is null ? ActivityStatusCode.Unset : ActivityStatusCode.Error, error);
                await (error is null ? _queue.FinishAsync(job, result) : FailAsync(job, error));
            }
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            // The job stays this instance's until it is reclaimed, and is then done again.
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            logger.JobOutcomeUnknown(job.Id, exception.Message);
        }
        catch (OperationCanceledException) when (_stopIsOver.IsCancellationRequested)
        {
            logger.JobLeft(job.Id);
        }
        finally
        {
            _hands.Release();
        }
    }

    private async Task<(string Result, string? Error)> DoAsync(Job job)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stopIsOver.Token);
        limit.CancelAfter(_options.HandleWithin);
        try
        {
            return (await doWork(job, limit.Token), null);
        }
        catch (Exception exception) when (!_stopIsOver.IsCancellationRequested)
        {
            // Whatever a job does wrong is that job's failure and never the consumer's, its own timeouts included.
            return ("", exception is OperationCanceledException && limit.IsCancellationRequested ? $"It took longer than {_options.HandleWithin}." : exception.Message);
        }
    }

    private async Task FailAsync(Job job, string error)
    {
        if (job.Attempt >= _options.MaxAttempts)
        {
            await GiveUpAsync(job, error);
        }
        else
        {
            logger.JobFailed(job.Id, job.Attempt, _options.MaxAttempts, error);
            await _queue.FailAsync(job, error);
        }
    }

    private async Task GiveUpAsync(Job job, string error)
    {
        logger.JobGivenUp(job.Id, job.Attempt, error);
        await _queue.BuryAsync(job, error);
    }

    // The job is a part of the trace in which it was queued, however much later and wherever it runs.
    private static Activity? Start(Job job)
    {
        // Without a trace to continue it begins one, and not below the loop, which leaves none.
        Activity.Current = null;
        ActivityContext.TryParse(job.TraceParent, traceState: null, isRemote: true, out var parent);
        return Activities.StartActivity($"work {job.Kind}", ActivityKind.Consumer, parent);
    }
}
