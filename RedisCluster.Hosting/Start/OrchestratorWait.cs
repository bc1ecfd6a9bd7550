using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace RedisCluster.Hosting.Start;

/// <summary>
/// Reports once that nothing starts. Aspire waits for its orchestrator without an end and without a word, also when the orchestrator has died.
/// </summary>
internal sealed class OrchestratorWait(IHostApplicationLifetime lifetime, ILoggerFactory loggers, TimeProvider? time = null) : IHostedLifecycleService
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Runs before the orchestrator's service is started, which is what may never return.
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        _ = ReportAsync(cancellationToken);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task ReportAsync(CancellationToken cancellationToken)
    {
        using var settled = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStarted, lifetime.ApplicationStopping, cancellationToken);
        await Task.Delay(Patience, time ?? TimeProvider.System, settled.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!settled.IsCancellationRequested)
        {
            Log.OrchestratorIsSilent(loggers.CreateLogger("RedisCluster.Hosting"), Patience.TotalSeconds);
        }
    }
}
