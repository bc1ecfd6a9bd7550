using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Orchestration;

/// <summary>Publishes <see cref="ResourceStoppedEvent"/> when something that ran has ended.</summary>
internal sealed class StoppedResources(ResourceNotificationService notifications, IDistributedApplicationEventing eventing, IServiceProvider services) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var alive = new HashSet<string>();
        try
        {
            await foreach (var change in notifications.WatchAsync(stoppingToken))
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
                    await eventing.PublishAsync(new ResourceStoppedEvent(change.Resource, services, change), stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The application ends.
        }
    }
}
