using System.Threading.Channels;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>Runs the health checks of what runs, and publishes <see cref="ResourceReadyEvent"/> the first time each is healthy.</summary>
internal sealed partial class ResourceHealthMonitor(
    ResourceNotificationService notifications,
    HealthCheckService healthChecks,
    IDistributedApplicationEventing eventing,
    ResourceLoggerService loggers,
    IServiceProvider services,
    TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan HealthyInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan UnhealthyStep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MinimumInterval = TimeSpan.FromSeconds(1);
    private const int MaxUnhealthySteps = 5;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var monitors = new Dictionary<IResource, Monitor>();
        var states = new Dictionary<string, string?>();
        try
        {
            await foreach (var change in notifications.WatchAsync(stoppingToken))
            {
                // As of this change, not as of now: a quick restart must not go unnoticed.
                var before = states.GetValueOrDefault(change.ResourceId);
                var state = states[change.ResourceId] = change.Snapshot.State?.Text;
                var ended = change.Resource.GetInstanceIds().All(id => KnownResourceStates.TerminalStates.Contains(states.GetValueOrDefault(id)));
                if (monitors.TryGetValue(change.Resource, out var monitor))
                {
                    if (ended)
                    {
                        monitors.Remove(change.Resource);
                        await monitor.EndAsync();
                    }
                    else if (state != before)
                    {
                        monitor.StateChanged();
                    }
                }
                else if (state == KnownResourceStates.Running)
                {
                    monitor = new Monitor(CancellationTokenSource.CreateLinkedTokenSource(stoppingToken));
                    monitor.Loop = Task.Run(() => RunAsync(change.Resource, monitor, monitor.Ending.Token), CancellationToken.None);
                    monitors.Add(change.Resource, monitor);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The application ends.
        }

        await Task.WhenAll(monitors.Values.Select(monitor => monitor.Loop));
    }

    private async Task RunAsync(IResource resource, Monitor monitor, CancellationToken cancellationToken)
    {
        var keys = ResourceHealth.Keys(resource);
        if (keys.Count == 0)
        {
            await PublishReadyAsync(resource, cancellationToken);
            return;
        }

        var ready = false;
        var unhealthySteps = 0;
        try
        {
            while (true)
            {
                monitor.ForgetStateChange();
                var started = time.GetTimestamp();
                var report = await CheckAsync(keys, cancellationToken);
                await notifications.PublishUpdateAsync(resource, s => s with { HealthReports = ResourceHealth.Merge(s.HealthReports, report, time.GetUtcNow().UtcDateTime) });
                unhealthySteps = report.Status == HealthStatus.Healthy ? 0 : Math.Min(unhealthySteps + 1, MaxUnhealthySteps);
                if (!ready && unhealthySteps == 0)
                {
                    ready = true;
                    await PublishReadyAsync(resource, cancellationToken);
                }

                if (await monitor.StateChangedWithinAsync(unhealthySteps == 0 ? HealthyInterval : UnhealthyStep * unhealthySteps, time, cancellationToken)
                    && MinimumInterval - time.GetElapsedTime(started) is { Ticks: > 0 } rest)
                {
                    await Task.Delay(rest, time, cancellationToken);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The resource ended, or the application does.
        }
    }

    private async Task<HealthReport> CheckAsync(IReadOnlySet<string> keys, CancellationToken cancellationToken)
    {
        try
        {
            return await healthChecks.CheckHealthAsync(registration => keys.Contains(registration.Name), cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // A check that cannot even be made gives no report of its own.
            var entry = new HealthReportEntry(HealthStatus.Unhealthy, "The health check could not be run.", TimeSpan.Zero, failure, data: null);
            return new HealthReport(keys.ToDictionary(key => key, _ => entry), TimeSpan.Zero);
        }
    }

    // Does not wait for the subscribers: checks go on. Those who wait for the resource get the task and with it the failure.
    private Task PublishReadyAsync(IResource resource, CancellationToken cancellationToken)
    {
        var callbacks = Task.Run(() => eventing.PublishAsync(new ResourceReadyEvent(resource, services), cancellationToken), cancellationToken);
        callbacks.ContinueWith(
            failed => Log.ReadyThrew(loggers.GetLogger(resource), failed.Exception!.InnerException!, resource.Name),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted,
            TaskScheduler.Default);
        return notifications.PublishUpdateAsync(resource, s => s with { ReadyCallbacks = callbacks });
    }

    private sealed class Monitor(CancellationTokenSource ending)
    {
        private readonly Channel<bool> _stateChanged = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

        public CancellationTokenSource Ending { get; } = ending;

        public Task Loop { get; set; } = Task.CompletedTask;

        public void StateChanged() => _stateChanged.Writer.TryWrite(true);

        // What changed before a check is in its report.
        public void ForgetStateChange() => _stateChanged.Reader.TryRead(out _);

        public async Task<bool> StateChangedWithinAsync(TimeSpan time, TimeProvider provider, CancellationToken cancellationToken)
        {
            using var elapsed = new CancellationTokenSource(time, provider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(elapsed.Token, cancellationToken);
            try
            {
                return await _stateChanged.Reader.ReadAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return false;
            }
        }

        public Task EndAsync() => Ending.CancelAsync();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A callback that ran when resource '{Resource}' became ready failed.")]
        public static partial void ReadyThrew(ILogger logger, Exception exception, string resource);
    }
}
