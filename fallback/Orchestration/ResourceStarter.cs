using System.Collections.Concurrent;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>Starts and stops one container, executable or project, at the start of the application and by command.</summary>
internal sealed partial class ResourceStarter(
    IResourceExecutor executor,
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    IDistributedApplicationEventing eventing,
    IServiceProvider services)
{
    private readonly ConcurrentDictionary<IResource, SemaphoreSlim> _turns = new();

    /// <summary>Waits for the dependencies, then starts. A failure is a state of the resource, not an exception; false tells of one.</summary>
    public async Task<bool> StartAsync(IResource resource, CancellationToken cancellationToken)
    {
        // Someone who starts a resource that waits does not want it to wait any longer.
        if (await LeaveWaitingAsync(resource))
        {
            return true;
        }

        using var turn = await TakeTurnAsync(resource, cancellationToken);
        try
        {
            await notifications.PublishUpdateAsync(resource, s => s with
            {
                State = KnownResourceStates.Starting,
                ExitCode = null,
                StartTimeStamp = null,
                StopTimeStamp = null,
                ReadyCallbacks = null,
                HealthReports = ResourceHealth.InitialReports(resource),
                Properties = s.Properties.RemoveAll(property => property.Name == KnownProperties.ExitCode),
            });
            await eventing.PublishAsync(new BeforeResourceStartedEvent(resource, services), cancellationToken);
            await WaitForDependenciesAsync(resource, cancellationToken);
            await notifications.PublishUpdateAsync(resource, s => s.State?.Text == KnownResourceStates.Waiting ? s with { State = KnownResourceStates.Starting } : s);
            await executor.StartAsync(resource, cancellationToken);
            return true;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            await FailAsync(resource, failure);
            return false;
        }
    }

    public async Task StopAsync(IResource resource, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(resource, cancellationToken);
        await executor.StopAsync(resource, cancellationToken);
    }

    /// <summary>Says in the log of the resource why it did not start; its state tells that it did not.</summary>
    public Task FailAsync(IResource resource, Exception failure)
    {
        var logger = loggers.GetLogger(resource);
        if (failure is DistributedApplicationException)
        {
            Log.NotStarted(logger, resource.Name, failure.Message);
        }
        else
        {
            Log.StartThrew(logger, failure, resource.Name);
        }

        return notifications.PublishUpdateAsync(resource, s => s with
        {
            State = new ResourceStateSnapshot(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error),
            StopTimeStamp = TimeProvider.System.GetUtcNow().UtcDateTime,
        });
    }

    // The wait also ends when someone takes the resource out of the state Waiting, as the start command does.
    private async Task WaitForDependenciesAsync(IResource resource, CancellationToken cancellationToken)
    {
        if (!resource.HasAnnotationOfType<WaitAnnotation>())
        {
            return;
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var wasWaiting = false;
        var released = notifications.WaitForResourceAsync(
            resource.Name,
            e =>
            {
                var waits = e.Snapshot.State?.Text == KnownResourceStates.Waiting;
                wasWaiting |= waits;
                return wasWaiting && !waits;
            },
            ending.Token);
        var dependencies = notifications.WaitForDependenciesAsync(resource, ending.Token);
        await await Task.WhenAny(dependencies, released);
        await ending.CancelAsync();
        await Task.WhenAll(dependencies, released).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<bool> LeaveWaitingAsync(IResource resource)
    {
        var waits = false;
        await notifications.PublishUpdateAsync(resource, s =>
        {
            waits |= s.State?.Text == KnownResourceStates.Waiting;
            return s.State?.Text == KnownResourceStates.Waiting ? s with { State = KnownResourceStates.Starting } : s;
        });
        return waits;
    }

    // A start and a stop of the same resource must not overlap: the executor would delete what it is about to make.
    private async Task<Turn> TakeTurnAsync(IResource resource, CancellationToken cancellationToken)
    {
        var gate = _turns.GetOrAdd(resource, static _ => new SemaphoreSlim(1, 1));
        await gate.WaitAsync(cancellationToken);
        return new Turn(gate);
    }

    private readonly struct Turn(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Resource '{Resource}' did not start: {Reason}")]
        public static partial void NotStarted(ILogger logger, string resource, string reason);

        [LoggerMessage(2, LogLevel.Error, "Resource '{Resource}' did not start.")]
        public static partial void StartThrew(ILogger logger, Exception exception, string resource);
    }
}
