using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>
/// What really runs containers, executables and projects. It tells states, exit codes, urls and environment to
/// <see cref="ResourceNotificationService"/> and log lines to <see cref="ResourceLoggerService"/>.
/// </summary>
internal interface IResourceExecutor
{
    /// <summary>Brings the executor up and allocates every endpoint of the model.</summary>
    Task PrepareAsync(DistributedApplicationModel model, CancellationToken cancellationToken);

    /// <summary>Starts a resource, each replica of it, or starts it anew; returns when the start is accepted.</summary>
    Task StartAsync(IResource resource, CancellationToken cancellationToken);

    /// <summary>Stops a resource and returns when it has stopped.</summary>
    Task StopAsync(IResource resource, CancellationToken cancellationToken);

    /// <summary>Ends all that was started, also after a failed start. Nothing is left when it returns.</summary>
    Task ShutdownAsync(CancellationToken cancellationToken);
}
