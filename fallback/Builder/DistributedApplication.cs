using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Lifecycle;
using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>An application that is described and can run.</summary>
public class DistributedApplication(IHost host) : IHost, IAsyncDisposable
{
    private ApplicationOrchestrator? _orchestrator;
    private Task? _stop;

    public IServiceProvider Services => host.Services;

    public ResourceNotificationService ResourceNotifications => Services.GetRequiredService<ResourceNotificationService>();

    public ResourceCommandService ResourceCommands => Services.GetRequiredService<ResourceCommandService>();

    public static IDistributedApplicationBuilder CreateBuilder() => CreateBuilder([]);

    public static IDistributedApplicationBuilder CreateBuilder(string[] args) => new DistributedApplicationBuilder(args);

    public static IDistributedApplicationBuilder CreateBuilder(DistributedApplicationOptions options) => new DistributedApplicationBuilder(options);

    /// <summary>Runs until Ctrl-C. A failed start is one error on the console and exit code 1.</summary>
    public void Run()
    {
        try
        {
            RunAsync().GetAwaiter().GetResult();
        }
        catch (Exception failure) when (failure is DistributedApplicationException or MissingParameterValueException)
        {
            // What went wrong is in the message; where in this library it was noticed helps nobody.
            Console.Error.WriteLine(failure.Message);
            Environment.ExitCode = 1;
        }
    }

    /// <summary>Runs until Ctrl-C; nothing that was started is left, also when it throws.</summary>
    public virtual async Task RunAsync(CancellationToken cancellationToken = default)
    {
        var lifetime = Services.GetRequiredService<IHostApplicationLifetime>();
        using var asked = cancellationToken.Register(lifetime.StopApplication);
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = lifetime.ApplicationStopping.Register(stopping.SetResult);
        try
        {
            await StartAsync(cancellationToken);
            await stopping.Task;
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Ctrl-C during the start.
        }
        finally
        {
            await StopAsync(CancellationToken.None);
            await DisposeAsync();
        }
    }

    /// <summary>Returns when each resource runs, has failed, or waits for a command to start it.</summary>
    public virtual async Task StartAsync(CancellationToken cancellationToken = default)
    {
        var lifetime = Services.GetRequiredService<IHostApplicationLifetime>();
        using var starting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var resources = Task.CompletedTask;
        try
        {
            await PublishBeforeStartAsync(starting.Token);

            // The executor needs most of the time: it starts while the host does.
            _orchestrator = Services.GetRequiredService<ApplicationOrchestrator>();
            resources = _orchestrator.StartAsync(starting.Token);
            await host.StartAsync(starting.Token);
            await resources;
        }
        catch
        {
            // What is still starting must end first, or it would escape the shutdown.
            await starting.CancelAsync();
            await resources.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await StopAsync(CancellationToken.None);
            throw;
        }
    }

    public virtual Task StopAsync(CancellationToken cancellationToken = default) =>
        _stop ??= Task.WhenAll(host.StopAsync(cancellationToken), _orchestrator?.StopAsync() ?? Task.CompletedTask);

    public virtual void Dispose()
    {
        host.Dispose();
        GC.SuppressFinalize(this);
    }

    public virtual async ValueTask DisposeAsync()
    {
        await ((IAsyncDisposable)host).DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private async Task PublishBeforeStartAsync(CancellationToken cancellationToken)
    {
        var eventing = Services.GetRequiredService<IDistributedApplicationEventing>();
        var context = Services.GetRequiredService<DistributedApplicationExecutionContext>();
        foreach (var subscriber in Services.GetServices<IDistributedApplicationEventingSubscriber>())
        {
            await subscriber.SubscribeAsync(eventing, context, cancellationToken);
        }

        await eventing.PublishAsync(new BeforeStartEvent(Services, Services.GetRequiredService<DistributedApplicationModel>()), cancellationToken);
    }
}
