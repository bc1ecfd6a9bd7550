using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Aspire.Hosting.Orchestration;

/// <summary>Takes the application from its model to running resources, and down again.</summary>
internal sealed class ApplicationOrchestrator(
    DistributedApplicationModel model,
    IResourceExecutor executor,
    ResourceStarter starter,
    ParameterStates parameters,
    StoppedResources stopped,
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    IDistributedApplicationEventing eventing,
    IOptions<HealthCheckServiceOptions> healthChecks,
    IServiceProvider services)
{
    /// <summary>Returns when each resource runs, has failed, or waits for a command to start it.</summary>
    /// <exception cref="DistributedApplicationException">The model cannot run, or the executor is not available.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        ThrowOnMissingHealthChecks();
        foreach (var resource in model.Resources)
        {
            resource.EnsureInstances();
            LifecycleCommands.AddTo(resource);
        }

        _ = stopped.WatchAsync();
        foreach (var resource in model.Resources)
        {
            await PublishInitialStateAsync(resource);
        }

        await parameters.PublishAsync(model, cancellationToken);
        var initialized = model.Resources.Select(resource => InitializeAsync(resource, cancellationToken)).ToArray();
        await executor.PrepareAsync(model, cancellationToken);
        await Task.WhenAll(model.Resources.Select(resource => RunAsync(resource, cancellationToken)));
        await eventing.PublishAsync(new AfterResourcesCreatedEvent(services, model), cancellationToken);
        await Task.WhenAll(initialized);
    }

    /// <summary>Ends everything, also what a failed or cancelled start left behind.</summary>
    public Task StopAsync() => executor.ShutdownAsync(CancellationToken.None);

    private async Task PublishInitialStateAsync(IResource resource)
    {
        var parent = (resource as IResourceWithParent)?.Parent
            ?? resource.Annotations.OfType<ResourceRelationshipAnnotation>().LastOrDefault(relationship => relationship.Type == KnownRelationshipTypes.Parent)?.Resource;
        await notifications.PublishUpdateAsync(resource, s => s with
        {
            CreationTimeStamp = s.CreationTimeStamp ?? TimeProvider.System.GetUtcNow().UtcDateTime,
            State = s.State ?? (resource is IComputeResource && resource.HasAnnotationOfType<ExplicitStartupAnnotation>() ? KnownResourceStates.NotStarted : null),
            Relationships = SnapshotCompletion.Relationships(resource),
            HealthReports = ResourceHealth.InitialReports(resource),
            Urls = ResourceUrls.Snapshots(resource, active: false),
            Properties = parent is null ? s.Properties : s.Properties.Set(new ResourcePropertySnapshot(KnownProperties.ParentName, parent.GetInstanceIds()[0])),
        });
    }

    // Subscribers may take as long as they like: custom resources live there.
    private async Task InitializeAsync(IResource resource, CancellationToken cancellationToken)
    {
        try
        {
            var initialize = new InitializeResourceEvent(resource, eventing, loggers, notifications, services);
            await eventing.PublishAsync(initialize, EventDispatchBehavior.BlockingConcurrent, cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            await starter.FailAsync(resource, failure);
        }
    }

    private async Task RunAsync(IResource resource, CancellationToken cancellationToken)
    {
        try
        {
            if (resource.HasAnnotationOfType<EndpointAnnotation>())
            {
                await eventing.PublishAsync(new ResourceEndpointsAllocatedEvent(resource, services), cancellationToken);
            }

            await ResourceUrls.ProcessAsync(resource, services, cancellationToken);
            await notifications.PublishUpdateAsync(resource, s => s with { Urls = ResourceUrls.Snapshots(resource, active: false) });
            if (resource is IResourceWithConnectionString and (IComputeResource or ConnectionStringResource))
            {
                await eventing.PublishAsync(new ConnectionStringAvailableEvent(resource, services), cancellationToken);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            await starter.FailAsync(resource, failure);
            return;
        }

        if (resource is IComputeResource && !resource.HasAnnotationOfType<ExplicitStartupAnnotation>())
        {
            await starter.StartAsync(resource, cancellationToken);
        }
    }

    private void ThrowOnMissingHealthChecks()
    {
        var registered = healthChecks.Value.Registrations.Select(registration => registration.Name).ToHashSet();
        var missing = model.Resources
            .SelectMany(resource => resource.Annotations.OfType<HealthCheckAnnotation>().Where(check => !registered.Contains(check.Key)).Select(check => $"'{check.Key}' of resource '{resource.Name}'"))
            .ToArray();
        if (missing.Length > 0)
        {
            throw new DistributedApplicationException($"Health checks are not registered: {string.Join(", ", missing)}. Add them with builder.Services.AddHealthChecks().");
        }
    }
}
