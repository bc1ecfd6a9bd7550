using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace UnitTests.Fallback;

/// <summary>An application on a <see cref="RecordingExecutor"/>, without dashboard, in a folder of its own.</summary>
internal sealed class TestApplication : IAsyncDisposable
{
    private DistributedApplication? _running;

    public TestApplication(params string[] args)
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("fallback-").FullName;
        Builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = args, ProjectDirectory = Directory, DisableDashboard = true });
        Builder.Services.AddSingleton<RecordingExecutor>();
        Builder.Services.AddSingleton<IResourceExecutor>(services => services.GetRequiredService<RecordingExecutor>());
        Builder.Services.AddLogging(logging => logging.ClearProviders());
    }

    public string Directory { get; }

    public IDistributedApplicationBuilder Builder { get; }

    public DistributedApplication Application => _running ??= Builder.Build();

    public RecordingExecutor Executor => field ??= Application.Services.GetRequiredService<RecordingExecutor>();

    public ResourceNotificationService Notifications => Application.ResourceNotifications;

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public Task StartAsync() => Application.StartAsync(Token);

    public CustomResourceSnapshot Snapshot(string name) => Notifications.TryGetCurrentState(name, out var current)
        ? current.Snapshot
        : throw new InvalidOperationException($"Nothing was published of '{name}'.");

    public Task ReachAsync(string name, string state) => Notifications.WaitForResourceAsync(name, state, Token);

    public async Task<string> LogAsync(IResource resource)
    {
        List<string> lines = [];
        await foreach (var batch in Application.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync(resource).WithCancellation(Token))
        {
            // The time in front differs from run to run.
            lines.AddRange(batch.Select(line => line.Content[(line.Content.IndexOf(' ', StringComparison.Ordinal) + 1)..]));
        }

        return string.Join('\n', lines);
    }

    public async ValueTask DisposeAsync()
    {
        if (_running is not null)
        {
            await _running.StopAsync(CancellationToken.None);
            await _running.DisposeAsync();
        }

        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
