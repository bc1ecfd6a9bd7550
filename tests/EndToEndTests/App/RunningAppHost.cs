using System.Text;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Support;

namespace EndToEndTests.App;

/// <summary>AppHost started inside the test, seen and used through the services that stand behind its dashboard.</summary>
internal sealed class RunningAppHost : IAsyncDisposable
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(5);
    private readonly DistributedApplication _app;

    private RunningAppHost(AppHostSettings settings, DistributedApplication app) => (Settings, _app) = (settings, app);

    public AppHostSettings Settings { get; }

    /// <summary>Everything that AppHost and its resources logged, as one text.</summary>
    public string Output => string.Join('\n', _app.Services.GetFakeLogCollector().GetSnapshot().Select(record => $"{record.Level} {record.Category}: {record.Message} {record.Exception}"));

    /// <summary>AppHost's application, built and not started.</summary>
    public static async Task<DistributedApplication> BuildAsync(AppHostSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Form == NodeForm.Container)
        {
            await ContainerEngine.RequireAsync(cancellationToken);
        }

        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(await ArgumentsAsync(settings, cancellationToken), cancellationToken);
        builder.Services.AddLogging(logging => logging.AddFakeLogging());
        return await builder.BuildAsync(cancellationToken);
    }

    /// <summary>Goes through all that comes before the first resource of a start, and starts nothing.</summary>
    public static Task PrepareAsync(DistributedApplication app, CancellationToken cancellationToken) =>
        app.Services.GetRequiredService<IDistributedApplicationEventing>().PublishAsync(
            new BeforeStartEvent(app.Services, app.Services.GetRequiredService<DistributedApplicationModel>()), cancellationToken);

    /// <summary>Starts it; its resources may still be starting.</summary>
    public static async Task<RunningAppHost> StartAsync(AppHostSettings settings, CancellationToken cancellationToken) =>
        await StartAsync(settings, await BuildAsync(settings, cancellationToken), cancellationToken);

    /// <summary>The clusters in its model.</summary>
    public IEnumerable<RedisClusterResource> Clusters => _app.Services.GetRequiredService<DistributedApplicationModel>().Resources.OfType<RedisClusterResource>();

    /// <summary>Starts an application of the test's own in place of AppHost. Form, image, password and what is further said are set, nothing else.</summary>
    public static async Task<RunningAppHost> StartAsync(AppHostSettings settings, Action<IDistributedApplicationBuilder> add, CancellationToken cancellationToken)
    {
        if (settings.Form == NodeForm.Container)
        {
            await ContainerEngine.RequireAsync(cancellationToken);
        }

        string[] arguments = [.. await settings.FormArgumentsAsync(cancellationToken), $"--Parameters:redis-password={settings.Password}"];
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = arguments, AssemblyName = nameof(Projects.AppHost), DisableDashboard = true });
        builder.Services.AddLogging(logging => logging.AddFakeLogging());
        add(builder);
        return await StartAsync(settings, builder.Build(), cancellationToken);
    }

    private static async Task<RunningAppHost> StartAsync(AppHostSettings settings, DistributedApplication app, CancellationToken cancellationToken)
    {
        var run = new RunningAppHost(settings, app);
        try
        {
            await run._app.StartAsync(cancellationToken).WaitAsync(LongestStart, cancellationToken);
            return run;
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client of SampleApi with a connection of its own, to whichever instance the orchestrator chooses.</summary>
    public HttpClient CreateClient(HttpMessageHandler? handler = null) =>
        new(handler ?? new SocketsHttpHandler()) { BaseAddress = Endpoint("sample-api", "http") };

    /// <summary>Where an endpoint of a resource is reached from the host.</summary>
    public Uri Endpoint(string resource, string name) => _app.GetEndpoint(resource, name);

    /// <summary>Waits until the resources, by name, which instances of one share, satisfy the condition, and returns them.</summary>
    public async Task<ILookup<string, CustomResourceSnapshot>> UntilAsync(
        Predicate<ILookup<string, CustomResourceSnapshot>> condition, string expectation, TimeSpan within, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(within);
        var last = new Dictionary<string, ResourceEvent>();
        try
        {
            await foreach (var change in _app.ResourceNotifications.WatchAsync(deadline.Token))
            {
                last[change.ResourceId] = change;
                var seen = last.Values.ToLookup(seen => seen.Resource.Name, seen => seen.Snapshot);
                if (condition(seen))
                {
                    return seen;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Only the deadline of this wait.
        }

        throw new ExpectationException($"Expected within {within.TotalSeconds:0} s: {expectation}. Found:\n{await DescribeAsync(last.Values, cancellationToken)}");
    }

    /// <summary>Waits until every node, the cluster and each instance of sample-api are running and healthy, and the initializer finished with exit code 0.</summary>
    public Task<ILookup<string, CustomResourceSnapshot>> UntilWholeAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        string[] healthy = ["redis", .. Settings.NodePorts.Select(Settings.NodeName), "sample-api"];
        return UntilAsync(
            resources => healthy.All(name => resources[name].Count(IsRunningAndHealthy) == (name == "sample-api" ? Settings.Instances : 1))
                && resources["cluster-initializer"].Any(initializer => initializer is { State.Text: "Finished", ExitCode: 0 }),
            $"{string.Join(", ", healthy)} ({Settings.Instances} of it) are running and healthy, cluster-initializer finished with exit code 0", within, cancellationToken);
    }

    /// <summary>Presses a button of the dashboard.</summary>
    public async Task<ExecuteCommandResult> ExecuteAsync(string resource, string command, CancellationToken cancellationToken)
    {
        var result = await _app.ResourceCommands.ExecuteCommandAsync(Resource(resource), command, cancellationToken);
        ExpectationException.ThrowUnless(result.Success, $"Expected command {command} of {resource} to succeed, found: {result.Message}");
        return result;
    }

    /// <summary>The same with values for the button's fields, and with a refusal as a result too.</summary>
    public async Task<ExecuteCommandResult> PressAsync(string resource, string command, IReadOnlyList<string> values, CancellationToken cancellationToken)
    {
        var fields = Resource(resource).Annotations.OfType<ResourceCommandAnnotation>().Single(annotation => annotation.Name == command).Arguments;
        return await _app.ResourceCommands.ExecuteCommandAsync(
            Resource(resource),
            command,
            new InteractionInputCollection([.. fields.Zip(values, (field, value) => new InteractionInput { Name = field.Name, InputType = field.InputType, Value = value })]),
            cancellationToken);
    }

    /// <summary>The console lines that a resource has printed so far.</summary>
    public async Task<IReadOnlyList<string>> LinesAsync(string resource, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        await foreach (var batch in _app.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync(Resource(resource)).WithCancellation(cancellationToken))
        {
            lines.AddRange(batch.Select(line => line.Content));
        }

        return lines;
    }

    /// <summary>Waits until a resource has printed so many lines of this kind: they can come after the change of state that they explain.</summary>
    public Task UntilLinesAsync(string resource, int count, Predicate<string> expected, string expectation, TimeSpan within)
    {
        IReadOnlyList<string> lines = [];
        return Eventually.HoldsAsync(
            expectation, async token => (lines = await LinesAsync(resource, token)).Count(line => expected(line)) == count, within, () => string.Join('\n', lines), TimeSpan.FromMilliseconds(100));
    }

    /// <summary>Stops everything; data that are kept stay.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private static async Task<string[]> ArgumentsAsync(AppHostSettings settings, CancellationToken cancellationToken) =>
        [.. await settings.ArgumentsAsync(cancellationToken), $"--Parameters:redis-password={settings.Password}"];

    internal static bool IsRunningAndHealthy(CustomResourceSnapshot resource) =>
        resource is { State.Text: "Running", HealthStatus: HealthStatus.Healthy, HealthReports.Length: > 0 };

    private IResource Resource(string name) => _app.Services.GetRequiredService<DistributedApplicationModel>().Resources.Single(resource => resource.Name == name);

    // Every resource with its state and the last lines of its console, which say why it is not as expected.
    private async Task<string> DescribeAsync(IEnumerable<ResourceEvent> resources, CancellationToken cancellationToken)
    {
        const int LastLines = 15;
        var description = new StringBuilder();
        foreach (var resource in resources)
        {
            var health = resource.Snapshot.HealthReports.Select(report => $"{report.Name} {report.Status}: {report.Description}");
            description.AppendLine(FormattableString.Invariant(
                $"  {resource.ResourceId}: {resource.Snapshot.State?.Text}, exit code {resource.Snapshot.ExitCode?.ToString() ?? "none"}, {string.Join(", ", health)}"));
            foreach (var line in (await LinesAsync(resource.Resource.Name, cancellationToken)).TakeLast(LastLines))
            {
                description.Append("    ").AppendLine(line);
            }
        }

        return description.ToString();
    }
}
