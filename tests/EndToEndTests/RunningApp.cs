using EndToEndTests.App;
using Xunit;

namespace EndToEndTests;

/// <summary>One run of AppHost that the facts of a class share. It starts with the first of them, so that a missing engine skips them.</summary>
public abstract class RunningApp(NodeForm form, int instances) : IAsyncLifetime
{
    // The first start of a machine fetches what is missing: the orchestrator, the dashboard, a redis-server.
    private static readonly TimeSpan longestStart = TimeSpan.FromMinutes(4);

    private AppHostRun? run;
    private bool failed;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    internal async Task<AppHostRun> StartedAsync(CancellationToken cancellationToken)
    {
        Assert.False(failed, "The run that this fact needs did not start: see the fact that failed first.");
        if (run is null)
        {
            var settings = new AppHostSettings(form) { Instances = instances };
            var starting = await AppHostRun.StartAsync(settings, cancellationToken);
            failed = true;
            run = starting;
            await run.WaitUntilHealthyAsync(longestStart, cancellationToken);
            failed = false;
            StartTimes.Record($"{form} form, first start", "/health answers 200", run.SinceStart);
        }
        return run;
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (run is not null)
        {
            await run.DisposeAsync();
            await Data.RemoveAsync(run.Settings, CancellationToken.None);
        }
    }
}

public sealed class ProcessFormApp() : RunningApp(NodeForm.Process, instances: 2);

public sealed class ContainerFormApp() : RunningApp(NodeForm.Container, instances: 1);
