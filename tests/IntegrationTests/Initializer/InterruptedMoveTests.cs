using RedisCluster.Execution;
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
            await Eventually.HoldsAsync($"{slots} slots have moved", async _ => program.HasExited || await Reconciliation.SlotsAsync(nodes, 3) >= slots);
            program.Kill();
            await program.WaitForExitAsync(CancellationToken);
        }

        await Reconciliation.HealsAsync(nodes, keys, shards: 4, replicas: 0);
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

        await Reconciliation.HealsAsync(nodes, keys, shards: 4, replicas: 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task ANodeKilledWhileItGivesOrGetsSlotsComesBackAndTheMoveGoesOn(int killed)
    {
        var (nodes, keys) = await ThreeShardsAndAFreshNodeAsync();
        var run = Reconciliation.RunAsync(nodes.EndPoints, shards: 4, replicas: 0);
        await Eventually.HoldsAsync("some slots have moved", async _ => run.IsCompleted || await Reconciliation.SlotsAsync(nodes, 3) >= 100);
        await nodes[killed].RestartAsync();
        Assert.IsType<Outcome.Ready>(await run);
        await Reconciliation.HealsAsync(nodes, keys, shards: 4, replicas: 0);
    }

    private async Task<(RedisNodes Nodes, StoredKeys Keys)> ThreeShardsAndAFreshNodeAsync(RedisServer? server = null)
    {
        var nodes = await StartNodesAsync(4, server);
        return (nodes, await Reconciliation.FormWithKeysAsync(nodes, 10_000, replicas: 0));
    }
}
