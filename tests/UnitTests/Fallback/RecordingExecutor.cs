using System.Collections.Concurrent;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;

namespace UnitTests.Fallback;

/// <summary>Runs nothing: records what it was asked for, and says of each resource that it runs.</summary>
internal sealed class RecordingExecutor(ResourceNotificationService notifications) : IResourceExecutor
{
    private readonly ConcurrentQueue<string> _calls = new();

    public IReadOnlyList<string> Calls => [.. _calls];

    public Func<CancellationToken, Task> OnPrepare { get; set; } = _ => Task.CompletedTask;

    public Func<IResource, CancellationToken, Task> OnStart { get; set; } = (_, _) => Task.CompletedTask;

    public async Task PrepareAsync(DistributedApplicationModel model, CancellationToken cancellationToken)
    {
        _calls.Enqueue("prepare");
        await OnPrepare(cancellationToken);
        foreach (var endpoint in model.Resources.SelectMany(resource => resource.Annotations.OfType<EndpointAnnotation>()))
        {
            var port = endpoint.Port ?? endpoint.TargetPort ?? 1;
            endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, "localhost", port, targetPortExpression: "{target}");
        }
    }

    public async Task StartAsync(IResource resource, CancellationToken cancellationToken)
    {
        _calls.Enqueue($"start {resource.Name}");
        await OnStart(resource, cancellationToken);
        await notifications.PublishUpdateAsync(resource, s => s with { State = KnownResourceStates.Running });
    }

    public async Task StopAsync(IResource resource, CancellationToken cancellationToken)
    {
        _calls.Enqueue($"stop {resource.Name}");
        await ExitAsync(resource, exitCode: 0);
    }

    public Task ShutdownAsync(CancellationToken cancellationToken)
    {
        _calls.Enqueue("shutdown");
        return Task.CompletedTask;
    }

    public Task ExitAsync(IResource resource, int exitCode) =>
        notifications.PublishUpdateAsync(resource, s => s with { State = KnownResourceStates.Finished, ExitCode = exitCode });
}
