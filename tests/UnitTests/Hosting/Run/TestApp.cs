using System.Diagnostics;
using System.Runtime.CompilerServices;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RedisCluster.Hosting.Run;
using Xunit;

namespace UnitTests.Hosting.Run;

/// <summary>Aspire's own services around a test cluster, without an application that runs.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly CancellationTokenSource _ended = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly DistributedApplication _app;
    private Task _running = Task.CompletedTask;

    public TestApp(TestCluster cluster)
    {
        Cluster = cluster;
        Builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { DisableDashboard = true });
        Builder.Services.AddLogging(logging => logging.AddFakeLogging().AddProvider(Faults));
        _app = Builder.Build();
        cluster.Resource.Initializer = Initializer;
    }

    public TestCluster Cluster { get; }

    public IDistributedApplicationBuilder Builder { get; }

    public FaultyConsole Faults { get; } = new();

    public TestResource Initializer { get; } = new("initializer");

    public ResourceNotificationService Notifications => _app.Services.GetRequiredService<ResourceNotificationService>();

    public InitializeResourceEvent Started => new(
        Cluster.Resource, _app.Services.GetRequiredService<IDistributedApplicationEventing>(), _app.Services.GetRequiredService<ResourceLoggerService>(), Notifications, _app.Services);

    /// <summary>What AppHost's own console says.</summary>
    public IEnumerable<string> Console => _app.Services.GetFakeLogCollector().GetSnapshot().Where(record => record.Category == "RedisCluster.Hosting").Select(record => record.Message);

    public void Print(IResource resource, string line) => _app.Services.GetRequiredService<ResourceLoggerService>().GetLogger(resource).Log(LogLevel.Information, default, line, null, (text, _) => text);

    public void Follow()
    {
        var lifecycle = new ClusterLifecycle(Cluster.Resource, Cluster.Watch, Started);
        _running = Task.Run(async () =>
        {
            using (lifecycle)
            {
                await lifecycle.RunAsync(_ended.Token);
            }
        });
    }

    public Task SayAsync(IResource resource, string state, int? exitCode = null) =>
        Notifications.PublishUpdateAsync(resource, snapshot => snapshot with { State = state, ExitCode = exitCode });

    public Task HasStateAsync(string state) =>
        Notifications.WaitForResourceAsync("redis", state, _ended.Token).WaitAsync(Limit);

    /// <summary>Waits until a resource is seen as wanted.</summary>
    public Task<ResourceEvent> IsSeenAsync(IResource resource, Func<CustomResourceSnapshot, bool> condition, [CallerArgumentExpression(nameof(condition))] string expected = "") =>
        BoundedAsync(Notifications.WaitForResourceAsync(resource.Name, change => condition(change.Snapshot), _ended.Token), $"{resource.Name}: {expected}");

    /// <summary>Waits until the cluster's log has a line with these words.</summary>
    public Task SaysAsync(string words) => BoundedAsync(FindAsync(words), $"a line with: {words}");

    public async Task EventuallyAsync(Func<bool> condition, string expected)
    {
        for (var started = Stopwatch.GetTimestamp(); !condition(); await Task.Delay(5, _ended.Token))
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Limit, $"Expected within {Limit.TotalSeconds:0} s: {expected}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _running;
        await _app.DisposeAsync();
        _ended.Dispose();
    }

    private static async Task<T> BoundedAsync<T>(Task<T> task, string expected)
    {
        try
        {
            return await task.WaitAsync(Limit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Expected within {Limit.TotalSeconds:0} s: {expected}");
        }
    }

    private async Task<string> FindAsync(string words)
    {
        await foreach (var lines in _app.Services.GetRequiredService<ResourceLoggerService>().WatchAsync(Cluster.Resource).WithCancellation(_ended.Token))
        {
            if (lines.FirstOrDefault(line => line.Content.Contains(words, StringComparison.Ordinal)) is { Content: { } found })
            {
                return found;
            }
        }

        throw new InvalidOperationException($"The log ended without: {words}");
    }
}

internal sealed class TestResource(string name) : Resource(name);

/// <summary>A console that fails at the next line that AppHost's own code writes, when it is told so.</summary>
internal sealed class FaultyConsole : ILoggerProvider, ILogger
{
    public bool FailsOnce { get; set; }

    public ILogger CreateLogger(string categoryName) => categoryName == "RedisCluster.Hosting" ? this : NullLogger.Instance;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (FailsOnce)
        {
            FailsOnce = false;
            throw new IOException("the console is closed");
        }
    }

    public void Dispose()
    {
    }
}
