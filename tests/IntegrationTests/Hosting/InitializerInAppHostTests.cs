using System.Net;
using System.Text;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using IntegrationTests.Initializer;
using Microsoft.Extensions.DependencyInjection;
using RedisCluster.Hosting.Model;
using RedisCluster.Hosting.Run;
using Support;
using Xunit;

namespace IntegrationTests.Hosting;

/// <summary>The reconciler as a step of an AppHost that names no project for it; the nodes are real, Aspire's services are, and nothing else of the AppHost runs.</summary>
public sealed class InitializerInAppHostTests : ClusterTest
{
    [Fact]
    public async Task FormsTheClusterFinishesWithExitCode0AndHealsWhenItIsAskedAgain()
    {
        var nodes = await StartNodesAsync(6);
        await using var step = new Step([.. nodes.All.Select(node => node.Port)]);

        await step.FinishesAsync(exitCode: 0);
        await Reconciliation.BecomesReadyAsync(nodes);
        await step.SaysAsync("Ready after ");

        await nodes[5].WipeAsync();
        await step.AsksAgainAsync();
        await step.FinishesAsync(exitCode: 0);
        Assert.Equal(6, (await nodes[5].AskTextAsync("CLUSTER", "NODES")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task RefusesWithExitCode1AndTheReasonAndChangesNothing()
    {
        var nodes = await StartNodesAsync(6);
        foreach (var (value, node) in nodes.All.Take(2).Index())
        {
            await node.AskAsync("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
            await Eventually.HoldsAsync("the node serves its slots", async _ => (await node.AskTextAsync("CLUSTER", "INFO")).Contains("cluster_state:ok", StringComparison.Ordinal));
            await node.AskAsync("SET", "a", $"{value}");
        }

        await using var step = new Step([.. nodes.All.Select(node => node.Port)]);

        await step.FinishesAsync(exitCode: 1);

        await step.SaysAsync("Nothing was changed; ");
        Assert.Equal(["0", "1"], await Task.WhenAll(nodes[0].AskTextAsync("GET", "a"), nodes[1].AskTextAsync("GET", "a")));
    }

    [Fact]
    public async Task SendsOneTraceUnderItsNameToWhereTheDashboardListens()
    {
        var nodes = await StartNodesAsync(6);
        await using var collector = new Collector();
        await using var step = new Step([.. nodes.All.Select(node => node.Port)], collector.Address);

        await step.FinishesAsync(exitCode: 0);

        var (path, key, body) = await collector.Received.WaitAsync(TimeSpan.FromSeconds(40), CancellationToken);
        Assert.Equal(("/v1/traces", "the key"), (path, key));
        Assert.Equal(1, body.Split("reconcile cluster").Length - 1);
        Assert.All((string[])["redis-initializer", "wait for the nodes to answer", "add slots 0-5460"], word => Assert.Contains(word, body, StringComparison.Ordinal));
    }

    /// <summary>The step of a cluster whose nodes run already, beside a dashboard that is only a name.</summary>
    private sealed class Step : IAsyncDisposable
    {
        private readonly CancellationTokenSource _ended = CancellationTokenSource.CreateLinkedTokenSource(CancellationToken);
        private readonly DistributedApplication _app;
        private readonly RedisClusterInitializerResource _resource;
        private readonly InitializerInAppHost _initializer;
        private readonly Task _running;

        public Step(int[] ports, string? collector = null)
        {
            var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { DisableDashboard = true, Args = [$"Parameters:redis-password={RedisNodes.Password}"] });
            builder.Configuration["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = collector;
            builder.Configuration["AppHost:OtlpApiKey"] = "the key";
            var cluster = builder.AddRedisCluster("redis").Resource;
            foreach (var node in cluster.Nodes.ToList())
            {
                cluster.Remove(node);
            }

            foreach (var (index, port) in ports.Index())
            {
                cluster.Add(new RedisClusterNodeProcess(new NodeSetup(cluster, index + 1, port), "/nowhere"));
            }

            var dashboard = collector is null ? null : builder.AddResource(new ParameterResource("aspire-dashboard", _ => "")).Resource;
            _resource = (RedisClusterInitializerResource)cluster.Initializer!;
            _initializer = new InitializerInAppHost(_resource);
            _app = builder.Build();
            _running = Task.Run(async () =>
            {
                if (dashboard is not null)
                {
                    await _app.ResourceNotifications.PublishUpdateAsync(dashboard, snapshot => snapshot with { State = KnownResourceStates.Running });
                }

                await _initializer.RunAsync(
                    new InitializeResourceEvent(
                        _resource, _app.Services.GetRequiredService<IDistributedApplicationEventing>(), _app.Services.GetRequiredService<ResourceLoggerService>(), _app.ResourceNotifications, _app.Services),
                    _ended.Token);
            });
        }

        public async Task FinishesAsync(int exitCode)
        {
            var ended = await _app.ResourceNotifications.WaitForResourceAsync(_resource.Name, change => change.Snapshot.State?.Text == KnownResourceStates.Finished, CancellationToken)
                .WaitAsync(TimeSpan.FromSeconds(60), CancellationToken);
            Assert.Equal(exitCode, ended.Snapshot.ExitCode);
        }

        public async Task AsksAgainAsync()
        {
            var begins = _app.ResourceNotifications.WaitForResourceAsync(_resource.Name, KnownResourceStates.Running, CancellationToken);
            _initializer.Ask();
            await begins.WaitAsync(TimeSpan.FromSeconds(30), CancellationToken);
        }

        public async Task SaysAsync(string words)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(CancellationToken);
            limit.CancelAfter(TimeSpan.FromSeconds(10));
            await foreach (var batch in _app.Services.GetRequiredService<ResourceLoggerService>().WatchAsync(_resource).WithCancellation(limit.Token))
            {
                if (batch.Any(line => line.Content.Contains(words, StringComparison.Ordinal)))
                {
                    return;
                }
            }

            Assert.Fail($"Expected the log to say '{words}'.");
        }

        public async ValueTask DisposeAsync()
        {
            await _ended.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
            await _app.DisposeAsync();
            _ended.Dispose();
        }
    }

    /// <summary>Takes one request.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly HttpListener _listener = new();

        public Collector()
        {
            Address = $"http://localhost:{FreePorts.Take(1)[0]}";
            _listener.Prefixes.Add($"{Address}/");
            _listener.Start();
            Received = ReceiveAsync();
        }

        public string Address { get; }

        public Task<(string Path, string? Key, string Body)> Received { get; }

        public ValueTask DisposeAsync()
        {
            _listener.Close();
            return ValueTask.CompletedTask;
        }

        private async Task<(string Path, string? Key, string Body)> ReceiveAsync()
        {
            var request = await _listener.GetContextAsync();
            using var body = new MemoryStream();
            await request.Request.InputStream.CopyToAsync(body, CancellationToken);
            request.Response.Close();
            return (request.Request.Url!.AbsolutePath, request.Request.Headers["x-otlp-api-key"], Encoding.UTF8.GetString(body.ToArray()));
        }
    }
}
