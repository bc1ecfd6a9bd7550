using System.Diagnostics;
using RedisCluster;
using Support;
using Xunit;

namespace IntegrationTests.Initializer;

/// <summary>The program itself: settings from the environment, exit code, output.</summary>
public sealed class ProcessTests : ClusterTest
{
    [Fact]
    public async Task ExitsWithZeroWhenTheClusterIsReadyAndQuicklyWhenItAlreadyWas()
    {
        var nodes = await StartNodesAsync(6);
        var (exitCode, output) = await InitializerProcess.RunAsync(nodes.EndPoints);
        Assert.True(exitCode == 0, output);
        Assert.DoesNotContain(RedisNodes.Password, output, StringComparison.Ordinal);

        var watch = Stopwatch.StartNew();
        (exitCode, output) = await InitializerProcess.RunAsync(nodes.EndPoints);
        Assert.True(exitCode == 0, output);
        TestContext.Current.TestOutputHelper?.WriteLine($"on a formed cluster, start to exit: {watch.Elapsed.TotalSeconds:F2} s");

        (exitCode, output) = await InitializerProcess.RunAsync(nodes.EndPoints, "--check", "--json");
        Assert.True(exitCode == 0, output);
        using var report = System.Text.Json.JsonDocument.Parse(output);
        Assert.True(report.RootElement.GetProperty("ready").GetBoolean());
        Assert.Equal(6, report.RootElement.GetProperty("nodes").GetArrayLength());
    }

    // AppHost starts the dashboard beside it, and that takes longer than a cluster that is as it should be.
    [Fact(DisableParallelization = true)]
    public async Task ItsTraceReachesACollectorThatListensOnlyWhenItIsDone()
    {
        var nodes = await StartNodesAsync(6);
        await Reconciliation.BecomesReadyAsync(nodes);
        await using var collector = new LateCollector();
        using var process = InitializerProcess.Start(nodes.EndPoints, start =>
        {
            start.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.EndPoint;
            start.Environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
            // As Aspire has it, only more so: what is sent early is lost.
            start.Environment["OTEL_BSP_SCHEDULE_DELAY"] = "50";
            start.Environment["OTEL_BLRP_SCHEDULE_DELAY"] = "50";
        });
        string? line;
        do
        {
            line = await process.StandardOutput.ReadLineAsync(CancellationToken);
        }
        while (line is not null && !line.Contains("Ready after", StringComparison.Ordinal));
        await Task.Delay(TimeSpan.FromSeconds(1.5), CancellationToken); // No condition: that so much time has passed is what is tested.
        await collector.StartAsync(CancellationToken);

        var rest = await Tool.OutputAsync(process);
        Assert.True(process.ExitCode == 0, rest);
        Assert.Contains("reconcile cluster", collector.Of("traces"), StringComparison.Ordinal);
        Assert.Contains("wait for the nodes to answer", collector.Of("traces"), StringComparison.Ordinal);
        Assert.Contains("Wanted: ", collector.Of("logs"), StringComparison.Ordinal);
        Assert.Contains("Ready after", collector.Of("logs"), StringComparison.Ordinal);
        Assert.Contains("redis.cluster.", collector.Of("metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckAndDryRunChangeNothing()
    {
        var nodes = await StartNodesAsync(6);
        var (exitCode, output) = await InitializerProcess.RunAsync(nodes.EndPoints, "--check");
        Assert.Equal(1, exitCode);
        Assert.Contains("expected an owner for every slot, found none for 0-16383", output, StringComparison.Ordinal);

        (exitCode, output) = await InitializerProcess.RunAsync(nodes.EndPoints, "--dry-run");
        Assert.True(exitCode == 0, output);
        Assert.Contains($"localhost:{nodes[0].Port} add slots 0-5460", output, StringComparison.Ordinal);
        Assert.Single((await nodes[0].AskTextAsync("CLUSTER", "NODES")).Trim().Split('\n'));
    }

    [Fact]
    public async Task EverySettingThatIsWrongIsNamedAtOnce()
    {
        var (exitCode, output) = await InitializerProcess.RunAsync(["localhost:1", "localhost:1", "nowhere"]);
        Assert.Equal(1, exitCode);
        Assert.Contains("RedisCluster:Nodes contains 'nowhere': expected host:port with a port from 1 to 65535, like localhost:7001.", output, StringComparison.Ordinal);
        Assert.Contains("RedisCluster:Nodes names 'localhost:1' 2 times: each node once.", output, StringComparison.Ordinal);
        Assert.Contains("RedisCluster:Shards = 3 and RedisCluster:ReplicasPerShard = 1 need 6 nodes, RedisCluster:Nodes has 3.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AWrongPasswordIsSaidInOneSentence()
    {
        var nodes = await StartNodesAsync(3);
        using var process = InitializerProcess.Start(nodes.EndPoints, start => start.Environment[SettingNames.Variable(SettingNames.Password)] = "not it", replicas: 0);
        var output = await Tool.OutputAsync(process);
        Assert.Equal(1, process.ExitCode);
        Assert.Contains("RedisCluster:Password is not the password of this node", output, StringComparison.Ordinal);
        Assert.DoesNotContain("not it", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneNodeLeadsToTheWholeClusterThatRedisCliMade()
    {
        var nodes = await StartNodesAsync(6);
        string[] addresses = [.. nodes.All.Select(node => $"127.0.0.1:{node.Port}")];
        var (made, text) = await RedisCli.RunAsync(nodes[0], ["--cluster", "create", .. addresses, "--cluster-replicas", "1", "--cluster-yes"]);
        Assert.True(made == 0, text);
        var (exitCode, output) = (1, "");
        await Eventually.HoldsAsync("the check agrees with redis-cli", async _ =>
        {
            (exitCode, output) = await InitializerProcess.RunAsync([], "--check", "--json", "--nodes", nodes[4].EndPoint);
            return exitCode == 0;
        }, found: () => output);
        using var report = System.Text.Json.JsonDocument.Parse(output);
        Assert.Equal(
            nodes.EndPoints.Order(),
            report.RootElement.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("address").GetString()!).Order());

        await nodes[0].KillAsync();
        (exitCode, output) = await InitializerProcess.RunAsync([], "--check", "--nodes", nodes[4].EndPoint);
        Assert.Equal(1, exitCode);
        Assert.Contains($"localhost:{nodes[0].Port}: expected an answer, found connection refused", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServerThatIsTooOldIsSaidInOneSentence()
    {
        var output = await OutputOfRunAsync((command, send) => command switch
        {
            ["INFO", _, _, ..] => Task.FromResult("-ERR syntax error\r\n"u8.ToArray()),
            ["INFO", ..] => Task.FromResult(Bulk("# Server\r\nredis_version:6.2.14\r\n")),
            _ => send(),
        }, "--check");
        Assert.Contains("Redis 6.2.14, which is older than Redis 7.0 or Valkey 7.2", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServerThatIsNewerThanAnyTriedIsNamedAndUsed()
    {
        var output = await OutputOfRunAsync((command, send) => command switch
        {
            ["INFO", ..] => Task.FromResult(Bulk("redis_version:99.1.0\r\nrole:master\r\n")),
            ["CLUSTER", "MIGRATION", ..] => Task.FromResult("*0\r\n"u8.ToArray()),
            _ => send(),
        });
        Assert.Contains("runs Redis 99.1.0, which is newer than anything this program was tried with", output, StringComparison.Ordinal);
        Assert.Contains("Ready after", output, StringComparison.Ordinal);
    }

    private async Task<string> OutputOfRunAsync(Func<string[], Func<Task<byte[]>>, Task<byte[]>> answer, params string[] arguments)
    {
        var nodes = await StartNodesAsync(3);
        var proxies = nodes.All.Select(node => new NodeProxy(node, (_, command, send) => answer(command, send))).ToArray();
        try
        {
            return (await InitializerProcess.RunAsync([.. proxies.Select(proxy => proxy.EndPoint)], [.. arguments, "--shards", "3", "--replicas", "0"])).Output;
        }
        finally
        {
            await Task.WhenAll(proxies.Select(proxy => proxy.DisposeAsync().AsTask()));
        }
    }

    private static byte[] Bulk(string text) => System.Text.Encoding.ASCII.GetBytes($"${text.Length}\r\n{text}\r\n");
}
