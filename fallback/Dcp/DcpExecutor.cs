using System.Collections.Concurrent;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dcp;

/// <summary>Runs containers, executables and projects on DCP.</summary>
internal sealed class DcpExecutor(
    DcpHost host,
    ExecutableObjects executables,
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    IHostEnvironment environment,
    IServiceProvider services,
    ILogger<DcpExecutor> logger) : IResourceExecutor, IDisposable
{
    /// <summary>With the cleanup, this stays below the 10 s in which everything has to end.</summary>
    private static readonly TimeSpan ProjectsLimit = TimeSpan.FromSeconds(4);

    private readonly ConcurrentDictionary<string, DcpInstance> _instances = new();
    private readonly CancellationTokenSource _ending = new();
    private DcpSession? _session;
    private Task _network = Task.CompletedTask;

    private DcpSession Session => _session ?? throw new InvalidOperationException("DCP is not prepared.");

    public async Task PrepareAsync(DistributedApplicationModel model, CancellationToken cancellationToken)
    {
        var dcp = host.StartAsync();
        var containers = model.GetContainerResources().Any();
        var engine = containers ? WarnAboutContainerRuntimeAsync(cancellationToken) : Task.CompletedTask;
        await DescribeAsync(model);

        var client = await dcp.WaitAsync(cancellationToken);
        _session = new DcpSession(client, new DcpLogs(client, loggers), OnChange, OnChange, logger, _ending.Token);
        var network = containers ? client.CreateAsync(DcpNetwork.Create(environment.ApplicationName), cancellationToken) : Task.CompletedTask;
        await Task.WhenAll(network, DcpEndpoints.AllocateAsync(model, client, cancellationToken), engine);
        _network = containers ? DcpNetwork.WaitUntilThereAsync(client, _ending.Token) : Task.CompletedTask;
    }

    public async Task StartAsync(IResource resource, CancellationToken cancellationToken)
    {
        var ids = resource.GetInstanceIds();
        await Task.WhenAll(ids.Select(id => Session.RemoveAsync(_instances.TryRemove(id, out var former) ? former : null, cancellationToken)));

        var configuration = await ExecutionConfiguration.ResolveAsync(resource, services, cancellationToken);
        foreach (var id in ids)
        {
            _instances[id] = new DcpInstance(resource, id, configuration.Arguments);
        }

        await (resource.IsContainer() ? _network.WaitAsync(cancellationToken) : Task.CompletedTask);
        await Task.WhenAll(ids.Select(id => resource.IsContainer()
            ? Session.CreateAsync(ContainerObjects.Create(resource, id, configuration), cancellationToken)
            : Session.CreateAsync(executables.Create(resource, id, configuration), cancellationToken)));
    }

    public Task StopAsync(IResource resource, CancellationToken cancellationToken) =>
        Task.WhenAll(resource.GetInstanceIds().Where(_instances.ContainsKey).Select(id => Session.StopAsync(_instances[id], cancellationToken)));

    public async Task ShutdownAsync(CancellationToken cancellationToken)
    {
        await StopProjectsAsync(cancellationToken);
        await _ending.CancelAsync();
        if (_session is not null)
        {
            await _session.DisposeAsync();
        }

        await host.StopAsync(cancellationToken);
    }

    public void Dispose() => _ending.Dispose();

    /// <summary>A project hands its last telemetry to the dashboard: when that ends first, the project tries again for seconds.</summary>
    private async Task StopProjectsAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ProjectsLimit);
        try
        {
            await Task.WhenAll(_instances.Values.Where(instance => instance.Resource is ProjectResource).Select(project => Session.StopAsync(project, limit.Token)));
        }
        catch (Exception failure) when (failure is OperationCanceledException or HttpRequestException or IOException or DcpRequestException)
        {
            // The cleanup that follows ends them in any case.
            DcpLog.ProjectsNotStopped(logger, failure.Message);
        }
    }

    /// <summary>The dashboard shows what a resource is while it still waits for others.</summary>
    private async Task DescribeAsync(DistributedApplicationModel model)
    {
        foreach (var resource in model.Resources.OfType<IComputeResource>())
        {
            await notifications.PublishUpdateAsync(resource, s => s with
            {
                Properties = resource.IsContainer() ? DcpSnapshots.Image(resource, s.Properties)
                    : executables.Program(resource) is var program ? DcpSnapshots.Program(resource, program.Path, program.WorkingDirectory, s.Properties)
                    : s.Properties,
            });
        }
    }

    private async Task WarnAboutContainerRuntimeAsync(CancellationToken cancellationToken)
    {
        switch (await host.CheckContainerRuntimeAsync(cancellationToken))
        {
            case { Installed: false } missing:
                DcpLog.NoContainerRuntime(logger, missing.Runtime);
                break;
            case { Running: false } unhealthy:
                DcpLog.ContainerRuntimeUnhealthy(logger, unhealthy.Runtime, unhealthy.Error);
                break;
        }
    }

    private void OnChange(WatchEvent<Container> change) =>
        OnChange(change, change.Object.Status?.State, (instance, previous) => DcpSnapshots.Of(change.Object, instance, previous));

    private void OnChange(WatchEvent<Executable> change) =>
        OnChange(change, change.Object.Status?.State, (instance, previous) => DcpSnapshots.Of(change.Object, instance, previous));

    /// <summary>An object that is being replaced is no instance any more, and what becomes of it is not shown.</summary>
    private void OnChange<T>(WatchEvent<T> change, string? state, Func<DcpInstance, CustomResourceSnapshot, CustomResourceSnapshot> snapshot) where T : DcpObject, IDcpKind<T>
    {
        if (change.IsDeleted || !_instances.TryGetValue(change.Object.Name, out var instance))
        {
            return;
        }

        // The publication is done when the call returns.
        _ = notifications.PublishUpdateAsync(instance.Resource, instance.Id, previous => snapshot(instance, previous));
        if (state is not (null or "" or "Pending"))
        {
            Session.Logs.Follow<T>(instance.Id, change.Object.Metadata.Uid!);
        }
    }
}
