using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>Publishes <see cref="ResourceStoppedEvent"/> when something that ran has ended.</summary>
internal sealed partial class StoppedResources(
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    IDistributedApplicationEventing eventing,
    IHostApplicationLifetime lifetime,
    IServiceProvider services)
{
    /// <summary>Watches from the moment of the call, so nothing that starts later is missed, until the application ends.</summary>
    public async Task WatchAsync()
    {
        var alive = new HashSet<string>();
        try
        {
            await foreach (var change in notifications.WatchAsync(lifetime.ApplicationStopping))
            {
                if (change.Resource is not IComputeResource || change.Snapshot.State?.Text is not { } state)
                {
                    continue;
                }

                if (!KnownResourceStates.TerminalStates.Contains(state))
                {
                    alive.Add(change.ResourceId);
                }
                else if (alive.Remove(change.ResourceId))
                {
                    await PublishAsync(change);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The application ends.
        }
    }

    private async Task PublishAsync(ResourceEvent change)
    {
        try
        {
            await eventing.PublishAsync(new ResourceStoppedEvent(change.Resource, services, change), lifetime.ApplicationStopping);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Log.StoppedThrew(loggers.GetLogger(change.Resource), failure, change.Resource.Name);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A callback that ran when resource '{Resource}' stopped failed.")]
        public static partial void StoppedThrew(ILogger logger, Exception exception, string resource);
    }
}
