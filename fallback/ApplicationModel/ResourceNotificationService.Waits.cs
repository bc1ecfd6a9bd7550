using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

public partial class ResourceNotificationService
{
    /// <summary>Waits until a resource is in a state, by default Running.</summary>
    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(resourceName, [targetState ?? KnownResourceStates.Running], cancellationToken);

    /// <summary>Waits until a resource is in one of the states and tells in which.</summary>
    public async Task<string> WaitForResourceAsync(string resourceName, IEnumerable<string> targetStates, CancellationToken cancellationToken = default)
    {
        var reached = await WaitForResourceAsync(
            resourceName,
            e => e.Snapshot.State?.Text is { } state && targetStates.Contains(state, StringComparer.OrdinalIgnoreCase),
            cancellationToken);
        return reached.Snapshot.State!.Text;
    }

    /// <exception cref="OperationCanceledException">Cancelled; the message tells how far the resource got.</exception>
    public async Task<ResourceEvent> WaitForResourceAsync(string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
    {
        try
        {
            await foreach (var change in WatchAsync(cancellationToken))
            {
                if (change.Resource.Name.Equals(resourceName, StringComparison.OrdinalIgnoreCase) && predicate(change))
                {
                    return change;
                }
            }
        }
        catch (OperationCanceledException cancelled)
        {
            throw new OperationCanceledException($"The wait for resource '{resourceName}' was cancelled. {Describe(resourceName)}", cancelled, cancelled.CancellationToken);
        }

        throw new InvalidOperationException("Watching resources ends only by cancellation.");
    }

    /// <summary>Waits until a resource runs, is healthy, and its ready callbacks are done.</summary>
    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default) =>
        WaitForResourceHealthyAsync(resourceName, _defaultWaitBehavior, cancellationToken);

    /// <exception cref="DistributedApplicationException">The resource failed, and the behaviour is to stop then.</exception>
    public async Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, WaitBehavior waitBehavior, CancellationToken cancellationToken = default)
    {
        var reached = await WaitForResourceAsync(
            resourceName,
            e => e.Snapshot.HealthStatus == HealthStatus.Healthy || (waitBehavior == WaitBehavior.StopOnResourceUnavailable && e.Snapshot.IsUnavailable()),
            cancellationToken);
        return reached.Snapshot.HealthStatus == HealthStatus.Healthy
            ? await WaitForReadyAsync(reached, cancellationToken)
            : throw new DistributedApplicationException($"Stopped waiting for resource '{resourceName}' to become healthy because it failed to start. {Describe(resourceName)}");
    }

    /// <summary>Waits, in state Waiting, for all that the resource was told to wait for.</summary>
    /// <exception cref="DistributedApplicationException">A dependency failed in a way that ends the wait.</exception>
    public async Task WaitForDependenciesAsync(IResource resource, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pending = resource.Annotations.OfType<WaitAnnotation>()
            .Where(wait => wait.Resource is not IResourceWithoutLifetime)
            .Select(wait => (Task: WaitAsync(resource, wait, ending.Token), Names: wait.Resource.GetInstanceIds()))
            .ToList();
        try
        {
            while (pending.Count > 0)
            {
                await PublishWaitingAsync(resource, [.. pending.SelectMany(wait => wait.Names).Distinct(StringComparer.OrdinalIgnoreCase)]);
                await await Task.WhenAny(pending.Select(wait => wait.Task));
                pending.RemoveAll(wait => wait.Task.IsCompletedSuccessfully);
            }
        }
        finally
        {
            // One failure ends the other waits too.
            await ending.CancelAsync();
            await Task.WhenAll(pending.Select(wait => wait.Task)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // A resource that left Waiting was told to start in spite of it.
    private Task PublishWaitingAsync(IResource resource, string[] waitingFor) => PublishUpdateAsync(resource, s =>
        s.State is not null && s.State.Text != KnownResourceStates.NotStarted && s.State.Text != KnownResourceStates.Starting && s.State.Text != KnownResourceStates.Waiting
            ? s
            : s with
            {
                State = KnownResourceStates.Waiting,
                Properties = s.Properties.Set(new ResourcePropertySnapshot(KnownProperties.WaitingFor, waitingFor)),
            });

    private async Task WaitAsync(IResource resource, WaitAnnotation wait, CancellationToken cancellationToken)
    {
        var behavior = wait.WaitBehavior ?? _defaultWaitBehavior;
        Log.WaitStarted(_loggers.GetLogger(resource), wait.Resource.Name, wait.WaitType);
        await Task.WhenAll(wait.Resource.GetInstanceIds().Select(id => wait.WaitType switch
        {
            WaitType.WaitForCompletion => WaitForCompletionAsync(resource, wait, id, cancellationToken),
            WaitType.WaitUntilStarted => WaitForRunningAsync(resource, wait, behavior, id, cancellationToken),
            WaitType.WaitUntilHealthy => WaitForHealthyAsync(resource, wait, behavior, id, cancellationToken),
            _ => throw new DistributedApplicationException($"Unexpected wait type: {wait.WaitType}"),
        }));
        Log.WaitFinished(_loggers.GetLogger(resource), wait.Resource.Name);
    }

    private async Task WaitForHealthyAsync(IResource resource, WaitAnnotation wait, WaitBehavior behavior, string id, CancellationToken cancellationToken)
    {
        var reached = await WaitForRunningAsync(resource, wait, behavior, id, cancellationToken);
        if (wait.Resource.TryGetAnnotationsIncludingAncestorsOfType<HealthCheckAnnotation>(out _))
        {
            reached = await WaitForResourceAsync(wait.Resource.Name, e => e.ResourceId == id && e.Snapshot.HealthStatus == HealthStatus.Healthy, cancellationToken);
        }

        await WaitForReadyAsync(reached, cancellationToken);
    }

    private async Task<ResourceEvent> WaitForRunningAsync(IResource resource, WaitAnnotation wait, WaitBehavior behavior, string id, CancellationToken cancellationToken)
    {
        var reached = await WaitForResourceAsync(
            wait.Resource.Name,
            e => e.ResourceId == id && (e.Snapshot.State?.Text == KnownResourceStates.Running || (behavior == WaitBehavior.StopOnResourceUnavailable && e.Snapshot.IsUnavailable())),
            cancellationToken);
        return reached.Snapshot.State!.Text == KnownResourceStates.Running ? reached : throw Stopped(resource, wait, reached.Snapshot);
    }

    // The start that counts is the first one that ends: a later success does not undo a failure.
    private async Task WaitForCompletionAsync(IResource resource, WaitAnnotation wait, string id, CancellationToken cancellationToken)
    {
        var ended = await WaitForResourceAsync(
            wait.Resource.Name,
            e => e.ResourceId == id && (e.Snapshot.ExitCode is not null || KnownResourceStates.TerminalStates.Contains(e.Snapshot.State?.Text)),
            cancellationToken);
        if (ended.Snapshot.State?.Text == KnownResourceStates.FailedToStart || (ended.Snapshot.ExitCode is { } exitCode && exitCode != wait.ExitCode))
        {
            throw Stopped(resource, wait, ended.Snapshot);
        }
    }

    private async Task<ResourceEvent> WaitForReadyAsync(ResourceEvent reached, CancellationToken cancellationToken)
    {
        var ready = await WaitForResourceAsync(reached.Resource.Name, e => e.ResourceId == reached.ResourceId && e.Snapshot.ReadyCallbacks is not null, cancellationToken);
        await ready.Snapshot.ReadyCallbacks!.WaitAsync(cancellationToken);
        return ready;
    }

    private DistributedApplicationException Stopped(IResource resource, WaitAnnotation wait, CustomResourceSnapshot dependency)
    {
        var reason = dependency.State?.Text == KnownResourceStates.FailedToStart ? "it failed to start"
            : wait.WaitType == WaitType.WaitForCompletion ? $"it entered the '{dependency.State?.Text}' state with exit code '{dependency.ExitCode}', expected '{wait.ExitCode}'"
            : $"it entered the '{dependency.State?.Text}' state prematurely";
        Log.WaitFailed(_loggers.GetLogger(resource), wait.Resource.Name, reason);
        return new DistributedApplicationException($"Resource '{resource.Name}' stopped waiting for dependency resource '{wait.Resource.Name}' because {reason}.");
    }

    private string Describe(string resourceName)
    {
        if (!TryGetCurrentState(resourceName, out var current))
        {
            return "Its state is not known.";
        }

        var snapshot = current.Snapshot;
        var reports = snapshot.HealthReports.Select(report => $"{report.Name}: {report.Status?.ToString() ?? "not run yet"} {report.Description}");
        return $"State: {snapshot.State?.Text ?? "none"}, health: {snapshot.HealthStatus?.ToString() ?? "none"}, exit code: {snapshot.ExitCode?.ToString(null, null) ?? "none"}. {string.Join("; ", reports)}".TrimEnd();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Waiting for resource '{Dependency}' ({WaitType}).")]
        public static partial void WaitStarted(ILogger logger, string dependency, WaitType waitType);

        [LoggerMessage(2, LogLevel.Information, "Finished waiting for resource '{Dependency}'.")]
        public static partial void WaitFinished(ILogger logger, string dependency);

        [LoggerMessage(3, LogLevel.Error, "Stopped waiting for resource '{Dependency}' because {Reason}.")]
        public static partial void WaitFailed(ILogger logger, string dependency, string reason);
    }
}

internal static class SnapshotStates
{
    public static bool IsUnavailable(this CustomResourceSnapshot snapshot) => snapshot.State?.Text is { } state
        && (KnownResourceStates.TerminalStates.Contains(state) || state == KnownResourceStates.RuntimeUnhealthy);
}
