using System.Diagnostics;
using System.Globalization;
using IntegrationTests.Servers;
using Xunit;

namespace IntegrationTests.Initializer;

/// <summary>The program itself: settings from the environment, exit code, output.</summary>
public sealed class ProcessTests : ClusterTest
{
    [Fact]
    public async Task ExitsWithZeroWhenTheClusterIsReadyAndQuicklyWhenItAlreadyWas()
    {
        var nodes = await StartNodesAsync(6);
        var (exitCode, output) = await RunAsync(nodes.EndPoints);
        Assert.True(exitCode == 0, output);
        Assert.DoesNotContain(RedisNodes.Password, output, StringComparison.Ordinal);

        var watch = Stopwatch.StartNew();
        (exitCode, output) = await RunAsync(nodes.EndPoints);
        Assert.True(exitCode == 0, output);
        TestContext.Current.TestOutputHelper?.WriteLine($"on a formed cluster, start to exit: {watch.Elapsed.TotalSeconds:F2} s");

        (exitCode, output) = await RunAsync(nodes.EndPoints, "--check", "--json");
        Assert.True(exitCode == 0, output);
        using var report = System.Text.Json.JsonDocument.Parse(output);
        Assert.True(report.RootElement.GetProperty("ready").GetBoolean());
        Assert.Equal(6, report.RootElement.GetProperty("nodes").GetArrayLength());
    }

    [Fact]
    public async Task CheckAndDryRunChangeNothing()
    {
        var nodes = await StartNodesAsync(6);
        var (exitCode, output) = await RunAsync(nodes.EndPoints, "--check");
        Assert.Equal(1, exitCode);
        Assert.Contains("expected an owner for every slot, found none for 0-16383", output, StringComparison.Ordinal);

        (exitCode, output) = await RunAsync(nodes.EndPoints, "--dry-run");
        Assert.True(exitCode == 0, output);
        Assert.Contains($"localhost:{nodes[0].Port} add slots 0-5460", output, StringComparison.Ordinal);
        Assert.Single((await nodes[0].AskTextAsync("CLUSTER", "NODES")).Trim().Split('\n'));
    }

    [Fact]
    public async Task EverySettingThatIsWrongIsNamedAtOnce()
    {
        var (exitCode, output) = await RunAsync(["localhost:1", "localhost:1", "nowhere"]);
        Assert.Equal(1, exitCode);
        Assert.Contains("RedisCluster:Nodes contains 'nowhere': expected host:port with a port from 1 to 65535, like localhost:7001.", output, StringComparison.Ordinal);
        Assert.Contains("RedisCluster:Nodes names 'localhost:1' 2 times: each node once.", output, StringComparison.Ordinal);
        Assert.Contains("RedisCluster:Shards = 3 and RedisCluster:ReplicasPerShard = 1 need 6 nodes, RedisCluster:Nodes has 3.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AWrongPasswordIsSaidInOneSentence()
    {
        var nodes = await StartNodesAsync(3);
        using var process = Start(nodes.EndPoints, start =>
        {
            start.Environment["RedisCluster__Password"] = "not it";
            start.Environment["RedisCluster__ReplicasPerShard"] = "0";
        });
        var output = await OutputAsync(process);
        Assert.Equal(1, process.ExitCode);
        Assert.Contains("RedisCluster:Password is not the password of this node", output, StringComparison.Ordinal);
        Assert.DoesNotContain("not it", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AKilledRunIsCompletedByTheNext()
    {
        var nodes = await StartNodesAsync(6);
        foreach (var epochs in (int[])[1, 3, 6])
        {
            using (var process = Start(nodes.EndPoints))
            {
                // SIGKILL while it forms: as soon as some nodes have an epoch of their own, which is one of its first actions.
                await Eventually.HoldsAsync("the run has begun", async _ => process.HasExited || await EpochsAsync(nodes) >= epochs);
                process.Kill();
                await process.WaitForExitAsync(CancellationToken);
            }

            var (exitCode, output) = await RunAsync(nodes.EndPoints);
            Assert.True(exitCode == 0, output);
            await RedisCli.AssertClusterIsGoodAsync(nodes[0]);
            foreach (var node in nodes.All)
            {
                await node.AskAsync("CLUSTER", "RESET", "HARD");
            }
        }
    }

    private static async Task<int> EpochsAsync(RedisNodes nodes)
    {
        var replies = await Task.WhenAll(nodes.All.Select(node => node.AskTextAsync("CLUSTER", "INFO")));
        return replies.Count(reply => !reply.Contains("cluster_my_epoch:0", StringComparison.Ordinal));
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(IReadOnlyList<string> nodes, params string[] arguments)
    {
        using var process = Start(nodes, start =>
        {
            foreach (var argument in arguments)
            {
                start.ArgumentList.Add(argument);
            }
        });
        var output = await OutputAsync(process);
        return (process.ExitCode, output);
    }

    private static async Task<string> OutputAsync(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken);
        await process.WaitForExitAsync(CancellationToken);
        return await output + await errors;
    }

    private static Process Start(IReadOnlyList<string> nodes, Action<ProcessStartInfo>? configure = null)
    {
        var program = Path.ChangeExtension(typeof(ClusterInitializer.Execution.Reconciler).Assembly.Location, null);
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? program + ".exe" : program) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["RedisCluster__Password"] = RedisNodes.Password;
        start.Environment["RedisCluster__Deadline"] = "00:00:30";
        for (var i = 0; i < nodes.Count; i++)
        {
            start.Environment[string.Create(CultureInfo.InvariantCulture, $"RedisCluster__Nodes__{i}")] = nodes[i];
        }

        configure?.Invoke(start);
        return Process.Start(start) ?? throw new InvalidOperationException($"Expected {program} to start.");
    }
}
