using Xunit;

namespace EndToEndTests.App;

/// <summary>One AppHost that several facts share. It starts with the first of them, so that a missing engine skips them.</summary>
public abstract class SharedApp(NodeForm form, int instances) : IAsyncLifetime
{
    // The first start of a machine fetches what is missing, such as a redis-server.
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(4);

    private RunningAppHost? _run;
    private bool _failed;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    internal async Task<RunningAppHost> StartedAsync(CancellationToken cancellationToken)
    {
        ExpectationException.ThrowUnless(!_failed, "The run that this fact needs did not start: see the fact that failed first.");
        if (_run is null)
        {
            var starting = await RunningAppHost.StartAsync(new AppHostSettings(form) { Instances = instances }, cancellationToken);
            _failed = true;
            _run = starting;
            await _run.UntilWholeAsync(LongestStart, cancellationToken);
            _failed = false;
        }

        return _run;
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_run is not null)
        {
            await _run.DisposeAsync();
            await Data.RemoveAsync(_run.Settings, CancellationToken.None);
        }
    }
}

public sealed class ProcessFormApp() : SharedApp(NodeForm.Process, instances: 2);

/// <summary>The classes whose facts are of one AppHost in process form.</summary>
[CollectionDefinition]
public sealed class SharesProcessForm : ICollectionFixture<ProcessFormApp>;

public sealed class ContainerFormApp() : SharedApp(NodeForm.Container, instances: 1);
