using System.Threading.Channels;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static UnitTests.Fallback.TestApplication;

namespace UnitTests.Fallback;

public sealed class HealthTests
{
    [Fact]
    public async Task ChecksRunAtOnceThenAfterOneTwoThreeFourFiveFiveSecondsAndThirtyWhileHealthy()
    {
        var (app, checks, time) = Create();
        await using var _ = app;
        app.Builder.AddContainer("node", "redis").WithHealthCheck("node-health");
        await app.StartAsync();

        List<double> seconds = [];
        for (var i = 0; i < 5; i++)
        {
            seconds.Add(await time.PassDelayAsync());
        }

        seconds.Add(await time.NextDelayAsync());
        checks.Result = HealthCheckResult.Healthy();
        time.Advance(TimeSpan.FromSeconds(seconds[^1]));
        seconds.Add(await time.NextDelayAsync());
        Assert.Equal([1, 2, 3, 4, 5, 5, 30], seconds);
    }

    [Fact]
    public async Task ARunningResourceIsUnhealthyBeforeItsFirstCheckAndHasNoHealthInAnyOtherState()
    {
        var (app, _, _) = Create();
        await using var _1 = app;
        var node = app.Builder.AddContainer("node", "redis").WithHealthCheck("node-health");
        app.Builder.AddContainer("plain", "redis");
        await app.StartAsync();

        Assert.Equal(HealthStatus.Unhealthy, app.Snapshot("node").HealthStatus);
        Assert.Equal(HealthStatus.Healthy, app.Snapshot("plain").HealthStatus);
        await app.Notifications.PublishUpdateAsync(node.Resource, s => s with { State = "Failing over" });
        Assert.Null(app.Snapshot("node").HealthStatus);
    }

    [Fact]
    public async Task AStateChangeChecksAgainAtOnceButNotWithinASecondOfTheLastCheck()
    {
        var (app, checks, time) = Create();
        await using var _ = app;
        checks.Result = HealthCheckResult.Healthy();
        var node = app.Builder.AddContainer("node", "redis").WithHealthCheck("node-health");
        await app.StartAsync();
        await app.Notifications.WaitForResourceHealthyAsync("node", Token);
        Assert.Equal(30, await time.NextDelayAsync());

        time.Advance(TimeSpan.FromSeconds(0.25));
        await app.Notifications.PublishUpdateAsync(node.Resource, s => s with { State = "Failing over" });

        Assert.Equal(0.75, await time.NextDelayAsync());
    }

    [Fact]
    public async Task ReadyComesOncePerStart()
    {
        await using var app = new TestApplication();
        var ready = 0;
        var node = app.Builder.AddContainer("node", "redis").OnResourceReady((_, _, _) =>
        {
            ready++;
            return Task.CompletedTask;
        });
        await app.StartAsync();
        await app.Notifications.WaitForResourceHealthyAsync("node", Token);

        await app.Application.ResourceCommands.ExecuteCommandAsync(node.Resource, KnownResourceCommands.RestartCommand, Token);
        await app.Notifications.WaitForResourceHealthyAsync("node", Token);

        Assert.Equal(2, ready);
    }

    [Fact]
    public async Task ACustomResourceIsReadyWhenItSaysThatItRuns()
    {
        await using var app = new TestApplication();
        var forming = new TaskCompletionSource();
        var cluster = app.Builder.AddResource(new Facade("redis")).OnInitializeResource(async (resource, initialize, _) =>
        {
            await initialize.Notifications.PublishUpdateAsync(resource, s => s with { State = "Forming" });
            await forming.Task;
            await initialize.Notifications.PublishUpdateAsync(resource, s => s with { State = KnownResourceStates.Running });
        });
        app.Builder.AddExecutable("api", "api", ".").WaitFor(cluster);
        var started = app.StartAsync();
        await app.ReachAsync("redis", "Forming");
        await app.ReachAsync("api", KnownResourceStates.Waiting);
        Assert.DoesNotContain("start api", app.Executor.Calls);

        forming.SetResult();
        await started;

        Assert.Equal(["prepare", "start api"], app.Executor.Calls);
    }

    private static (TestApplication App, Checks Checks, RecordingTime Time) Create()
    {
        var app = new TestApplication();
        var time = new RecordingTime();
        var checks = new Checks();
        app.Builder.Services.AddSingleton<TimeProvider>(time);
        app.Builder.Services.AddHealthChecks().AddCheck("node-health", checks);
        return (app, checks, time);
    }

    private sealed class Facade(string name) : Resource(name), IResourceWithWaitSupport;

    private sealed class Checks : IHealthCheck
    {
        public HealthCheckResult Result { get; set; } = HealthCheckResult.Unhealthy("not yet");

        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(Result);
    }

    /// <summary>A clock that stands still and tells how long others want to wait.</summary>
    private sealed class RecordingTime : FakeTimeProvider
    {
        private readonly Channel<TimeSpan> _delays = Channel.CreateUnbounded<TimeSpan>();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            _delays.Writer.TryWrite(dueTime);
            return timer;
        }

        public async Task<double> NextDelayAsync() => (await _delays.Reader.ReadAsync(Token)).TotalSeconds;

        public async Task<double> PassDelayAsync()
        {
            var seconds = await NextDelayAsync();
            Advance(TimeSpan.FromSeconds(seconds));
            return seconds;
        }
    }
}
