using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;
using static UnitTests.Fallback.TestApplication;

namespace UnitTests.Fallback;

public sealed class OrchestrationTests
{
    [Fact]
    public async Task EventsOfAResourceComeInTheOrderOfItsLife()
    {
        await using var app = new TestApplication();
        var seen = new List<string>();
        app.Builder.OnBeforeStart((_, _) => Record("before start"));
        var node = app.Builder.AddResource(new ConnectedContainer("node")).WithImage("redis").WithEndpoint(port: 7001, name: "redis");
        node.OnInitializeResource((_, _, _) => Record("initialize"))
            .OnResourceEndpointsAllocated((_, _, _) => Record("endpoints"))
            .OnConnectionStringAvailable((_, _, _) => Record("connection string"))
            .OnBeforeResourceStarted((_, _, _) => Record("before resource started"))
            .OnResourceReady((_, _, _) => Record("ready"));
        var stopped = new TaskCompletionSource();
        node.OnResourceStopped((_, _, _) =>
        {
            Record("stopped");
            stopped.SetResult();
            return Task.CompletedTask;
        });

        await app.StartAsync();
        await app.Notifications.WaitForResourceHealthyAsync("node", Token);
        await app.Application.ResourceCommands.ExecuteCommandAsync(node.Resource, KnownResourceCommands.StopCommand, Token);
        await stopped.Task.WaitAsync(Token);

        Assert.Equal(["before start", "initialize", "endpoints", "connection string", "before resource started", "ready", "stopped"], seen);

        Task Record(string what)
        {
            seen.Add(what);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task WaitForHoldsTheStartUntilTheDependencyIsHealthyAndItsReadyCallbacksAreDone()
    {
        await using var app = new TestApplication();
        var callbacks = new TaskCompletionSource();
        var redis = app.Builder.AddContainer("redis", "redis").OnResourceReady((_, _, _) => callbacks.Task);
        app.Builder.AddExecutable("api", "api", ".").WaitFor(redis);
        var started = app.StartAsync();

        await app.ReachAsync("api", KnownResourceStates.Waiting);
        await app.ReachAsync("redis", KnownResourceStates.Running);
        Assert.Equal([redis.Resource.GetInstanceIds()[0]], Assert.IsType<string[]>(app.Snapshot("api").Properties.Single(property => property.Name == "resource.waitingFor").Value));
        Assert.DoesNotContain("start api", app.Executor.Calls);

        callbacks.SetResult();
        await started;
        await app.ReachAsync("api", KnownResourceStates.Running);
        Assert.DoesNotContain(app.Snapshot("api").Properties, property => property.Name == "resource.waitingFor");
    }

    [Fact]
    public async Task WaitForCompletionFailsTheStartWhenTheExitCodeIsAnother()
    {
        await using var app = new TestApplication();
        var job = app.Builder.AddExecutable("job", "job", ".");
        var api = app.Builder.AddExecutable("api", "api", ".").WaitForCompletion(job);
        var started = app.StartAsync();

        await app.ReachAsync("job", KnownResourceStates.Running);
        await app.Executor.ExitAsync(job.Resource, exitCode: 3);
        await started;

        Assert.Equal(KnownResourceStates.FailedToStart, app.Snapshot("api").State?.Text);
        Assert.Contains(
            "Resource 'api' did not start: Resource 'api' stopped waiting for dependency resource 'job' because it entered the 'Finished' state with exit code '3', expected '0'.",
            await app.LogAsync(api.Resource),
            StringComparison.Ordinal);
        Assert.DoesNotContain("start api", app.Executor.Calls);
    }

    [Fact]
    public async Task TheStartCommandEndsAWait()
    {
        await using var app = new TestApplication();
        var never = app.Builder.AddExecutable("never", "never", ".").WithExplicitStart();
        var api = app.Builder.AddExecutable("api", "api", ".").WaitFor(never);
        var started = app.StartAsync();
        await app.ReachAsync("api", KnownResourceStates.Waiting);

        await app.Application.ResourceCommands.ExecuteCommandAsync(api.Resource, KnownResourceCommands.StartCommand, Token);
        await started;

        Assert.Equal(KnownResourceStates.Running, app.Snapshot("api").State?.Text);
        Assert.Equal(KnownResourceStates.NotStarted, app.Snapshot("never").State?.Text);
    }

    [Fact]
    public async Task IndependentResourcesStartAtTheSameTime()
    {
        await using var app = new TestApplication();
        app.Builder.AddExecutable("one", "one", ".");
        app.Builder.AddExecutable("two", "two", ".");
        using var both = new CountdownEvent(2);
        app.Executor.OnStart = (_, cancellationToken) => Task.Run(
            () =>
            {
                both.Signal();
                both.Wait(cancellationToken);
            },
            cancellationToken);

        await app.StartAsync();

        Assert.True(both.IsSet);
    }

    [Fact]
    public async Task OneResourceThatCannotStartDoesNotStopTheOthers()
    {
        await using var app = new TestApplication();
        var broken = app.Builder.AddExecutable("broken", "broken", ".");
        app.Builder.AddExecutable("api", "api", ".");
        app.Executor.OnStart = (resource, _) => resource.Name == "broken" ? throw new DistributedApplicationException("no such program") : Task.CompletedTask;

        await app.StartAsync();

        Assert.Equal(KnownResourceStates.FailedToStart, app.Snapshot("broken").State?.Text);
        Assert.Equal(KnownResourceStates.Running, app.Snapshot("api").State?.Text);
        Assert.Equal("Resource 'broken' did not start: no such program", await app.LogAsync(broken.Resource));
    }

    [Fact]
    public async Task LifecycleCommandsAreOfferedByState()
    {
        await using var app = new TestApplication();
        var node = app.Builder.AddContainer("node", "redis");
        await app.StartAsync();
        Assert.Equal([("start", ResourceCommandState.Hidden), ("stop", ResourceCommandState.Enabled), ("restart", ResourceCommandState.Enabled)], Offered());

        await app.Application.ResourceCommands.ExecuteCommandAsync(node.Resource, KnownResourceCommands.StopCommand, Token);
        Assert.Equal([("start", ResourceCommandState.Enabled), ("stop", ResourceCommandState.Hidden), ("restart", ResourceCommandState.Disabled)], Offered());

        await app.Application.ResourceCommands.ExecuteCommandAsync(node.Resource, KnownResourceCommands.StartCommand, Token);
        await app.Application.ResourceCommands.ExecuteCommandAsync(node.Resource, KnownResourceCommands.RestartCommand, Token);
        Assert.Equal(["prepare", "start node", "stop node", "start node", "stop node", "start node"], app.Executor.Calls);

        IEnumerable<(string, ResourceCommandState)> Offered() => app.Snapshot("node").Commands.Select(command => (command.Name, command.State));
    }

    [Fact]
    public async Task AFailureOfTheExecutorEndsTheStartAndLeavesNothing()
    {
        await using var app = new TestApplication();
        app.Builder.AddContainer("node", "redis");
        app.Executor.OnPrepare = _ => throw new DistributedApplicationException("no container engine answers");

        var failure = await Assert.ThrowsAsync<DistributedApplicationException>(() => app.Application.RunAsync(Token));

        Assert.Equal("no container engine answers", failure.Message);
        Assert.Equal(["prepare", "shutdown"], app.Executor.Calls);
    }

    [Fact]
    public async Task StoppingDuringTheStartShutsDownAndIsNoFailure()
    {
        await using var app = new TestApplication();
        var lifetime = app.Application.Services.GetRequiredService<IHostApplicationLifetime>();
        app.Executor.OnPrepare = async cancellationToken =>
        {
            lifetime.StopApplication();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        };

        await app.Application.RunAsync(Token);

        Assert.Equal(["prepare", "shutdown"], app.Executor.Calls);
    }

    [Fact]
    public async Task AHealthCheckThatNobodyRegisteredIsNamed()
    {
        await using var app = new TestApplication();
        app.Builder.AddContainer("node", "redis").WithHealthCheck("node-health");

        var failure = await Assert.ThrowsAsync<DistributedApplicationException>(app.StartAsync);

        Assert.Equal("Health checks are not registered: 'node-health' of resource 'node'. Add them with builder.Services.AddHealthChecks().", failure.Message);
    }

    private sealed class ConnectedContainer(string name) : ContainerResource(name), IResourceWithConnectionString
    {
        public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{this.GetEndpoint("redis").Property(EndpointProperty.HostAndPort)}");
    }
}
