using System.Diagnostics;
using System.Text;
using Grpc.Core;
using Grpc.Net.Client;
using Xunit;

namespace EndToEndTests.App;

/// <summary>A client of the service that feeds the dashboard: it sees what the dashboard shows, and can press its buttons.</summary>
internal sealed class ResourceService : IAsyncDisposable
{
    private readonly GrpcChannel channel;
    private readonly DashboardService.DashboardServiceClient client;
    private readonly Metadata headers;

    public ResourceService(AppHostSettings settings)
    {
        channel = GrpcChannel.ForAddress(settings.ResourceService, new GrpcChannelOptions { HttpHandler = Http.Trusting(settings.Certificate), DisposeHttpClient = true });
        client = new DashboardService.DashboardServiceClient(channel);
        headers = new Metadata { { "x-resource-service-api-key", settings.ApiKey } };
    }

    /// <summary>Waits until the resources, by display name, which instances of one share, satisfy the condition, and returns them.</summary>
    public async Task<ILookup<string, Resource>> WaitForAsync(
        Predicate<ILookup<string, Resource>> condition, string expectation, TimeSpan within, CancellationToken cancellationToken)
    {
        var resources = new Dictionary<string, Resource>();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(within);
        try
        {
            // AppHost may have begun to start a moment ago.
            using var watch = client.WatchResources(new WatchResourcesRequest(), new CallOptions(headers, cancellationToken: deadline.Token).WithWaitForReady());
            await foreach (var update in watch.ResponseStream.ReadAllAsync(deadline.Token))
            {
                Apply(update, resources);
                var seen = resources.Values.ToLookup(resource => resource.DisplayName);
                if (condition(seen))
                {
                    return seen;
                }
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested
            && (exception is OperationCanceledException || exception is RpcException { StatusCode: StatusCode.Cancelled }))
        {
            // Only the deadline of this wait.
        }
        Assert.Fail($"{expectation}: not within {within.TotalSeconds:0} s. Last seen:\n{string.Join('\n', resources.Values.Select(Describe))}");
        throw new UnreachableException();
    }

    public async Task ExecuteAsync(string resource, string command, CancellationToken cancellationToken)
    {
        var found = Assert.Single((await ListedAsync(resource, cancellationToken))[resource]);
        var response = await client.ExecuteResourceCommandAsync(
            new ResourceCommandRequest { CommandName = command, ResourceName = found.Name, ResourceType = found.ResourceType }, headers, cancellationToken: cancellationToken);
        Assert.True(response.Kind == 1, $"Command {command} of {resource} answered {response.Kind}: {response.Message}");
    }

    /// <summary>The console lines that a resource of which there is one has printed so far.</summary>
    public async Task<IReadOnlyList<string>> ConsoleAsync(string resource, CancellationToken cancellationToken)
        => await ConsoleAsync(Assert.Single((await ListedAsync(resource, cancellationToken))[resource]), cancellationToken);

    /// <summary>The same for one of several instances.</summary>
    public async Task<IReadOnlyList<string>> ConsoleAsync(Resource found, CancellationToken cancellationToken)
    {
        using var watch = client.WatchResourceConsoleLogs(
            new WatchResourceConsoleLogsRequest { ResourceName = found.Name, SuppressFollow = true }, headers, cancellationToken: cancellationToken);
        var lines = new List<string>();
        await foreach (var update in watch.ResponseStream.ReadAllAsync(cancellationToken))
        {
            lines.AddRange(update.LogLines.Select(line => line.Text));
        }
        return lines;
    }

    /// <summary>Waits until a resource of which there is one has printed so many lines of this kind: they can come after the change of state that they explain.</summary>
    public async Task WaitForLinesAsync(string resource, int count, Predicate<string> expected, string expectation, TimeSpan within, CancellationToken cancellationToken)
        => await Wait.UntilAsync(async token => (await ConsoleAsync(resource, token)).Count(line => expected(line)) == count,
            within, async token => $"{expectation}: not within {within.TotalSeconds:0} s.\n{await DescribeAsync(token)}", cancellationToken);

    /// <summary>Every resource with its state and the last lines of its console, for whoever has to find out why it is not as expected.</summary>
    public async Task<string> DescribeAsync(CancellationToken cancellationToken)
    {
        const int LastLines = 15;
        var resources = await WaitForAsync(all => all.Count > 0, "resources are listed", TimeSpan.FromSeconds(5), cancellationToken);
        var description = new StringBuilder();
        foreach (var resource in resources.SelectMany(instances => instances))
        {
            description.AppendLine(Describe(resource));
            foreach (var line in (await ConsoleAsync(resource, cancellationToken)).TakeLast(LastLines))
            {
                description.Append("    ").AppendLine(line);
            }
        }

        return description.ToString();
    }

    public ValueTask DisposeAsync()
    {
        channel.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task<ILookup<string, Resource>> ListedAsync(string resource, CancellationToken cancellationToken)
        => WaitForAsync(all => all.Contains(resource), $"{resource} is listed", TimeSpan.FromSeconds(5), cancellationToken);

    private static void Apply(WatchResourcesUpdate update, Dictionary<string, Resource> resources)
    {
        foreach (var resource in update.InitialData?.Resources ?? [])
        {
            resources[resource.Name] = resource;
        }
        foreach (var change in update.Changes?.Value ?? [])
        {
            if (change.Upsert is { } upsert)
            {
                resources[upsert.Name] = upsert;
            }
            else
            {
                resources.Remove(change.Delete.ResourceName);
            }
        }
    }

    private static string Describe(Resource resource)
        => $"  {resource.Name}: {resource.State}, exit code {resource.ExitCode?.ToString() ?? "none"}, {string.Join(", ", resource.HealthReports.Select(report => $"{report.Key} {report.StatusText}: {report.Description}"))}";
}
