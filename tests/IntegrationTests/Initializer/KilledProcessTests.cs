using System.Globalization;
using IntegrationTests.Servers;
using Xunit;

namespace IntegrationTests.Initializer;

/// <summary>
/// The real program, killed after every single change that it makes: each run is allowed one more change and dies, until one has
/// nothing left to change. Then the cluster is good, and every key is there.
/// </summary>
public sealed class KilledProcessTests : ClusterTest
{
    private const int MostRuns = 200;

    [Fact]
    public async Task FormingGoesOnAfterEveryChange()
    {
        var nodes = await StartNodesAsync(6);
        var changes = await KillAfterEveryChangeAsync(nodes, shards: 3, replicas: 1);
        Assert.True(changes > 30, $"Expected forming to take more than 30 changes, found {changes}.");
    }

    [Fact]
    public async Task HealingGoesOnAfterEveryChange()
    {
        var nodes = await StartNodesAsync(6);
        await Reconciliation.BecomesReadyAsync(nodes);
        var keys = await StoreAsync(nodes);
        await nodes[0].WipeAsync();
        var changes = await KillAfterEveryChangeAsync(nodes, shards: 3, replicas: 1);
        Assert.True(changes > 8, $"Expected healing to take more than 8 changes, found {changes}.");
        await AssertAllAreThereAsync(nodes, keys);
    }

    /// <summary>Few slots move, so that killing the run at each step of a move, its first command in the middle, ends within the test's time.</summary>
    [Theory]
    [InlineData(4, "scaling up")]
    [InlineData(3, "scaling down")]
    public async Task MovingGoesOnAfterEveryStep(int wantedShards, string situation)
    {
        var nodes = await StartNodesAsync(4);
        await Reconciliation.BecomesReadyAsync(nodes, shards: wantedShards, replicas: 0);
        var keys = await StoreAsync(nodes);
        var steps = 0;
        for (string? killedAfter = ""; killedAfter is not null; steps++)
        {
            await MisplaceSlotsAsync(nodes, wantedShards);
            killedAfter = await RunUntilAsync(nodes, wantedShards, replicas: 0, change: steps + 1);
            TestContext.Current.TestOutputHelper?.WriteLine($"{situation}, killed after {killedAfter ?? "nothing"}");
            await CompletesAsync(nodes, wantedShards, replicas: 0);
            await AssertAllAreThereAsync(nodes, keys);
        }

        Assert.True(steps > 6, $"Expected {situation} to take more than 6 steps, found {steps}.");
    }

    // Scaling up: the fourth shard lacks slots. Scaling down: the node that leaves has joined and has some.
    private static async Task MisplaceSlotsAsync(RedisNodes nodes, int wantedShards)
    {
        var (from, to) = wantedShards == 4 ? (nodes[3], nodes[0]) : (nodes[0], nodes[3]);
        if (wantedShards == 3)
        {
            // A primary that joins serves after its node timeout.
            await nodes[3].AskAsync("CONFIG", "SET", "cluster-node-timeout", "500");
            await CliAsync(nodes[0], "--cluster", "add-node", $"127.0.0.1:{nodes[3].Port}", $"127.0.0.1:{nodes[0].Port}");
            await Eventually.HoldsAsync("every node knows the new one", async _ =>
                (await Task.WhenAll(nodes.All.Select(node => node.AskTextAsync("CLUSTER", "NODES")))).All(view => view.Split('\n').Count(line => line.Contains(" connected", StringComparison.Ordinal)) == 4));
            await Eventually.HoldsAsync("the new one serves", async _ => (await to.AskTextAsync("CLUSTER", "INFO")).Contains("cluster_state:ok", StringComparison.Ordinal));
        }

        await CliAsync(nodes[0], "--cluster", "reshard", $"127.0.0.1:{nodes[0].Port}",
            "--cluster-from", await from.AskTextAsync("CLUSTER", "MYID"), "--cluster-to", await to.AskTextAsync("CLUSTER", "MYID"), "--cluster-slots", "48", "--cluster-yes");
        await Eventually.HoldsAsync("every node agrees on the moved slots", async _ =>
            (await RedisCli.RunAsync(nodes[0], "--cluster", "check", $"127.0.0.1:{nodes[0].Port}")).ExitCode == 0);
    }

    private static async Task CliAsync(RedisNode node, params string[] arguments)
    {
        var (exitCode, output) = await RedisCli.RunAsync(node, arguments);
        Assert.True(exitCode == 0, output);
    }

    private static async Task<int> KillAfterEveryChangeAsync(RedisNodes nodes, int shards, int replicas)
    {
        for (var changes = 0; changes < MostRuns; changes++)
        {
            if (await RunUntilAsync(nodes, shards, replicas, change: 1) is not { } killedAfter)
            {
                await CompletesAsync(nodes, shards, replicas);
                return changes;
            }

            TestContext.Current.TestOutputHelper?.WriteLine($"killed after {killedAfter}");
        }

        Assert.Fail($"Expected an end after less than {MostRuns} changes.");
        return MostRuns;
    }

    /// <summary>Runs the program until its nth change; what that was, or null when it ended before, ready.</summary>
    private static async Task<string?> RunUntilAsync(RedisNodes nodes, int shards, int replicas, int change)
    {
        using var killSwitch = new KillSwitch(change);
        var proxies = nodes.All.Select(node => new NodeProxy(node, killSwitch.PassAsync)).ToArray();
        try
        {
            using var process = InitializerProcess.Start([.. proxies.Select(proxy => proxy.EndPoint)], start =>
            {
                start.Environment["RedisCluster__Shards"] = shards.ToString(CultureInfo.InvariantCulture);
                start.Environment["RedisCluster__ReplicasPerShard"] = replicas.ToString(CultureInfo.InvariantCulture);
            });
            killSwitch.Process = process;
            var output = await InitializerProcess.OutputAsync(process);
            Assert.True(killSwitch.KilledAfter is not null || process.ExitCode == 0, output);
            return killSwitch.KilledAfter;
        }
        finally
        {
            await Task.WhenAll(proxies.Select(proxy => proxy.DisposeAsync().AsTask()));
        }
    }

    private static async Task CompletesAsync(RedisNodes nodes, int shards, int replicas)
    {
        await Reconciliation.BecomesReadyAsync(nodes, shards, replicas);
        await RedisCli.AssertClusterIsGoodAsync(nodes[0]);
    }

    private static async Task<StoredKeys> StoreAsync(RedisNodes nodes)
    {
        await using var connection = await nodes.ConnectAsync();
        var keys = await StoredKeys.WriteAsync(connection.GetDatabase(), 2_000);
        await Eventually.HoldsAsync("replicas have every key", async _ =>
            (await Reconciliation.ObserveAsync(nodes)).Nodes is var all
            && all.Where(node => node.IsReplica).All(replica => all.Single(node => node.Id == replica.View.Myself.PrimaryId).KeyCount == replica.KeyCount));
        return keys;
    }

    private static async Task AssertAllAreThereAsync(RedisNodes nodes, StoredKeys keys)
    {
        await using var connection = await nodes.ConnectAsync();
        await keys.AssertAllAreThereAsync(connection.GetDatabase());
    }
}
