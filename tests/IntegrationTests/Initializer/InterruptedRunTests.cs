using RedisCluster.Planning;
using Support;
using Xunit;

namespace IntegrationTests.Initializer;

/// <summary>
/// Runs that end after any single change that they make. The next run completes, redis-cli agrees, and every key is there. Each number of changes is tried on a
/// cluster in the same state as before, by some clusters at a time, until a run makes fewer changes than that.
/// </summary>
public sealed class InterruptedRunTests : ClusterTest
{
    private const int Clusters = 3;
    private const int KeyCount = 2_000;

    // The node joins, gets its first slot, and everyone hears of it. What follows is rebalancing.
    private const int ChangesOfScalingUp = 15;

    [Fact]
    public async Task FormingIsCompletedAfterAnyChange()
    {
        var changes = await AfterAnyChangeAsync(
            () => StartNodesAsync(6),
            async (nodes, change) =>
            {
                await ForgetEverythingAsync(nodes);
                return await InterruptedRun.EndAfterAsync(nodes, change, shards: 3, replicas: 1);
            },
            nodes => CompletesAsync(nodes, shards: 3, replicas: 1));
        Assert.True(changes > 50, $"Expected forming to take more than 50 changes, found {changes}.");
    }

    [Fact]
    public async Task HealingIsCompletedAfterAnyChange()
    {
        var changes = await AfterAnyChangeAsync(
            () => FormWithKeysAsync(6, replicas: 1),
            async (nodes, change) =>
            {
                var primaries = await WhereAsync(nodes.All, async node => (await node.AskTextAsync("INFO", "replication")).Contains("role:master", StringComparison.Ordinal));
                await nodes.WipeUncopiedAsync(primaries[0]);
                return await InterruptedRun.EndAfterAsync(nodes, change, shards: 3, replicas: 1);
            },
            nodes => CompletesWithKeysAsync(nodes, shards: 3, replicas: 1));
        Assert.True(changes > 15, $"Expected healing to take more than 15 changes, found {changes}.");
    }

    [Fact]
    public async Task ScalingUpIsCompletedAfterAnyChange()
    {
        var changes = await AfterAnyChangeAsync(
            () => FormWithKeysAsync(4, replicas: 0),
            (nodes, change) => InterruptedRun.EndAfterAsync(nodes, change, shards: 4, replicas: 0),
            async nodes =>
            {
                await CompletesWithKeysAsync(nodes, shards: 4, replicas: 0);
                await Reconciliation.BecomesReadyAsync(nodes, shards: 3, replicas: 0);
            },
            most: ChangesOfScalingUp);
        Assert.Equal(ChangesOfScalingUp, changes);
    }

    // The second half of scaling up: slots go from every shard to the last one, as some batches from each.
    [Fact]
    public async Task RebalancingIsCompletedAfterAnyChange()
    {
        const int Shards = 4;
        const int SlotsFromEach = 67;
        var changes = await AfterAnyChangeAsync(
            async () =>
            {
                var nodes = await StartNodesAsync(Shards);
                await Reconciliation.FormWithKeysAsync(nodes, KeyCount, Shards, replicas: 0);
                return nodes;
            },
            async (nodes, change) =>
            {
                var observation = await Reconciliation.ObserveAsync(nodes);
                var last = observation.Nodes[^1];
                await Reconciliation.MoveAsync(
                    observation.Nodes.SkipLast(1).Select((node, index) => SlotMoves.Move(
                        observation, last, node, last.Slots.Lowest((index + 1) * SlotsFromEach).Except(last.Slots.Lowest(index * SlotsFromEach)))));
                return await InterruptedRun.EndAfterAsync(nodes, change, Shards, replicas: 0);
            },
            nodes => CompletesWithKeysAsync(nodes, Shards, replicas: 0));
        Assert.True(changes > 30, $"Expected rebalancing to take more than 30 changes, found {changes}.");
    }

    [Fact]
    public async Task ScalingDownIsCompletedAfterAnyChange()
    {
        // The fourth node has joined and got its first slots when it has to leave again.
        const int Joined = 14;
        var changes = await AfterAnyChangeAsync(
            () => FormWithKeysAsync(4, replicas: 0),
            async (nodes, change) =>
            {
                Assert.NotNull(await InterruptedRun.EndAfterAsync(nodes, Joined, shards: 4, replicas: 0));
                return await InterruptedRun.EndAfterAsync(nodes, change, shards: 3, replicas: 0);
            },
            async nodes =>
            {
                await CompletesWithKeysAsync(nodes, shards: 3, replicas: 0);
                Assert.Equal(0, (await nodes[3].AskAsync("DBSIZE")).Number);
            });
        Assert.True(changes >= 8, $"Expected scaling down to take at least 8 changes, found {changes}.");
    }

    [Theory]
    [InlineData(7)]
    [InlineData(14)]
    [InlineData(40)]
    public async Task TheProgramItselfMayBeKilled(int change)
    {
        var nodes = await StartNodesAsync(6);
        Assert.NotNull(await InterruptedRun.EndAfterAsync(nodes, change, shards: 3, replicas: 1, kill: true));
        await CompletesAsync(nodes, shards: 3, replicas: 1);
    }

    /// <returns>How many changes a run makes that nobody ends, or the most that were to be tried.</returns>
    private static async Task<int> AfterAnyChangeAsync(
        Func<Task<RedisNodes>> startAsync, Func<RedisNodes, int, Task<string?>> interruptAsync, Func<RedisNodes, Task> completeAsync, int most = int.MaxValue)
    {
        var output = TestContext.Current.TestOutputHelper;
        var next = 0;
        var made = most;
        await Task.WhenAll(Enumerable.Range(0, Clusters).Select(async _ =>
        {
            var nodes = await startAsync();
            while (Interlocked.Increment(ref next) is var change && change <= Volatile.Read(ref made))
            {
                if (await interruptAsync(nodes, change) is not { } after)
                {
                    Volatile.Write(ref made, change - 1);
                    return;
                }

                output?.WriteLine($"ended after change {change}: {after}");
                await completeAsync(nodes);
            }
        }));
        return made;
    }

    private static async Task ForgetEverythingAsync(RedisNodes nodes)
    {
        await Task.WhenAll(nodes.All.Select(node => node.AskAsync("CONFIG", "SET", "cluster-node-timeout", "5000")));
        await Eventually.HoldsAsync("no node knows another", async _ =>
        {
            // A meeting that was under way may end after the reset.
            var acquainted = await WhereAsync(nodes.All, async node => (await node.AskTextAsync("CLUSTER", "NODES")).Trim().Contains('\n', StringComparison.Ordinal) || await HasSlotsAsync(node));
            await Task.WhenAll(acquainted.Select(node => node.AskAsync("CLUSTER", "RESET", "HARD")));
            return acquainted.Count == 0;
        });
        await Task.WhenAll(nodes.All.Select(node => node.AskAsync("CLUSTER", "RESET", "HARD")));
    }

    private static async Task<bool> HasSlotsAsync(RedisNode node) =>
        !(await node.AskTextAsync("CLUSTER", "INFO")).Contains("cluster_slots_assigned:0\r", StringComparison.Ordinal);

    private static async Task<IReadOnlyList<RedisNode>> WhereAsync(IReadOnlyList<RedisNode> nodes, Func<RedisNode, Task<bool>> condition)
    {
        var holds = await Task.WhenAll(nodes.Select(condition));
        return [.. nodes.Where((_, index) => holds[index])];
    }

    private async Task<RedisNodes> FormWithKeysAsync(int count, int replicas)
    {
        var nodes = await StartNodesAsync(count);
        await Reconciliation.FormWithKeysAsync(nodes, KeyCount, shards: 3, replicas);
        return nodes;
    }

    private static async Task CompletesAsync(RedisNodes nodes, int shards, int replicas)
    {
        await Reconciliation.BecomesReadyAsync(nodes, shards, replicas);
        await RedisCli.AssertClusterIsGoodAsync(nodes[0]);
    }

    private static async Task CompletesWithKeysAsync(RedisNodes nodes, int shards, int replicas)
    {
        await CompletesAsync(nodes, shards, replicas);
        await using var connection = await nodes.ConnectAsync();
        await StoredKeys.Of(KeyCount).AssertAllAreThereAsync(connection.GetDatabase());
    }
}
