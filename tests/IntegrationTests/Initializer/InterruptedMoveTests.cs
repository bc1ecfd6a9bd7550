using RedisCluster.Execution;
using RedisCluster.Servers;
using Support;
using Xunit;

namespace IntegrationTests.Initializer;

/// <summary>Whatever dies while slots move, and whenever: no key is lost, and no slot stays half moved.</summary>
public sealed class InterruptedMoveTests : ClusterTest
{
    [Theory]
    [InlineData(1)]
    [InlineData(700)]
    public async Task AKilledInitializerIsFollowedByOneThatCompletes(int slots)
    {
        var (nodes, keys) = await ThreeShardsAndAFreshNodeAsync();
        using (var program = InitializerProcess.Start(nodes.EndPoints, shards: 4, replicas: 0))
        {
            await Eventually.HoldsAsync($"{slots} slots have moved", async _ => program.HasExited || await SlotsOfNewcomerAsync(nodes) >= slots);
            program.Kill();
            await program.WaitForExitAsync(CancellationToken);
        }

        await AssertCompletedAsync(nodes, keys);
    }

    [Fact]
    public async Task AKilledInitializerLeavesTheServersOwnMoveRunning()
    {
        var (nodes, keys) = await ThreeShardsAndAFreshNodeAsync(await TestServers.OfSuiteAsync("valkey-server", "sid"));
        using (var program = InitializerProcess.Start(nodes.EndPoints, shards: 4, replicas: 0))
        {
            await Eventually.HoldsAsync("a server has begun to move slots", async _ =>
                program.HasExited || (await nodes[0].AskAsync("CLUSTER", "GETSLOTMIGRATIONS")).Items.Count > 0);
            program.Kill();
            await program.WaitForExitAsync(CancellationToken);
        }

        await AssertCompletedAsync(nodes, keys);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task ANodeKilledWhileItGivesOrGetsSlotsComesBackAndTheMoveGoesOn(int killed)
    {
        var (nodes, keys) = await ThreeShardsAndAFreshNodeAsync();
        var run = Reconciliation.RunAsync(nodes.EndPoints, shards: 4, replicas: 0);
        await Eventually.HoldsAsync("some slots have moved", async _ => run.IsCompleted || await SlotsOfNewcomerAsync(nodes) >= 100);
        await nodes[killed].RestartAsync();
        var outcome = await run;
        Assert.True(outcome is Outcome.Ready, outcome.ToString());
        await AssertCompletedAsync(nodes, keys);
    }

    private async Task<(RedisNodes Nodes, StoredKeys Keys)> ThreeShardsAndAFreshNodeAsync(RedisServer? server = null)
    {
        var nodes = await StartNodesAsync(4, server);
        await Reconciliation.BecomesReadyAsync(nodes, replicas: 0);
        await using var connection = await nodes.ConnectAsync();
        return (nodes, await StoredKeys.WriteAsync(connection.GetDatabase(), 10_000));
    }

    private static async Task AssertCompletedAsync(RedisNodes nodes, StoredKeys keys)
    {
        await Reconciliation.BecomesReadyAsync(nodes, shards: 4, replicas: 0);
        await RedisCli.AssertClusterIsGoodAsync(nodes[0]);
        await using var connection = await nodes.ConnectAsync();
        await keys.AssertAllAreThereAsync(connection.GetDatabase());
    }

    private static async Task<int> SlotsOfNewcomerAsync(RedisNodes nodes) => (await Reconciliation.ObserveAsync(nodes)).Nodes
        .Where(node => node.Announced.Port == nodes[3].Port).Sum(node => node.Slots.Count);
}
