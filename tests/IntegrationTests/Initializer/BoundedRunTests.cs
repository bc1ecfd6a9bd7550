using System.Diagnostics;
using RedisCluster.Execution;
using Support;
using Xunit;

namespace IntegrationTests.Initializer;

/// <summary>Whatever a node does in the middle of a move, the run ends within its deadline with the reason, and the next one completes.</summary>
public sealed class BoundedRunTests : ClusterTest
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(6);

    // For a machine that is busy with other things.
    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(6);

    private static string Output => TestContext.Current.TestOutputHelper!.Output;

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task ANodeThatHangsWhileItGivesOrGetsSlotsEndsTheRunWithItsName(int hanging)
    {
        var nodes = await StartNodesAsync(4);
        var keys = await Reconciliation.FormWithKeysAsync(nodes, 10_000, replicas: 0);
        var run = Reconciliation.RunAsync(nodes.EndPoints, shards: 4, replicas: 0, deadline: 2 * Deadline);
        await Eventually.HoldsAsync("some slots have moved", async _ => run.IsCompleted || await Reconciliation.SlotsAsync(nodes, 3) >= 100);
        nodes[hanging].Hang();
        var start = Stopwatch.GetTimestamp();
        try
        {
            var outcome = Assert.IsType<Outcome.NotReady>(await run);
            Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, (2 * Deadline) + Leeway);
            Assert.Contains($"{nodes[hanging].EndPoint}: expected an answer, found no answer", outcome.Reason, StringComparison.Ordinal);
            Assert.Matches($"last failure: ({nodes[0].EndPoint}|{nodes[3].EndPoint}) (does not answer|refused MIGRATE)", outcome.Reason);
        }
        finally
        {
            nodes[hanging].Resume();
        }

        await Reconciliation.HealsAsync(nodes, keys, shards: 4, replicas: 0);
    }

    [Theory]
    [InlineData(3, "OOM", new[] { "CONFIG", "SET", "maxmemory", "3500000" }, new[] { "CONFIG", "SET", "maxmemory", "0" })]
    [InlineData(3, "NOPERM", new[] { "ACL", "SETUSER", "default", "-restore", "-restore-asking" }, new[] { "ACL", "SETUSER", "default", "+@all" })]
    [InlineData(0, "NOREPLICAS", new[] { "CONFIG", "SET", "min-replicas-to-write", "1" }, new[] { "CONFIG", "SET", "min-replicas-to-write", "0" })]
    public async Task ANodeThatRefusesToGiveOrTakeKeysEndsTheRunWithItsWords(int refusing, string words, string[] refuse, string[] accept)
    {
        var nodes = await StartNodesAsync(4);
        await Reconciliation.BecomesReadyAsync(nodes, replicas: 0);
        await using var connection = await nodes.ConnectAsync();
        var database = connection.GetDatabase();
        await Task.WhenAll(Enumerable.Range(0, 600).Select(number => database.StringSetAsync($"key-{number}", new byte[20_000])));
        await nodes[refusing].AskAsync(refuse);

        // Some slots and keys arrive at first, each of which gives as much time again.
        var outcome = await Reconciliation.RunAsync(nodes.EndPoints, shards: 4, replicas: 0, deadline: Deadline).WaitAsync((4 * Deadline) + Leeway, CancellationToken);

        Assert.Matches($"last failure: localhost:[0-9]+ refused MIGRATE: .*{words}", Assert.IsType<Outcome.NotReady>(outcome).Reason);
        var moved = await Reconciliation.SlotsAsync(nodes, 3);
        Assert.InRange(moved, 1, 4095);

        // Attempts have pauses that grow, so they are few: without, there would be some hundred.
        Assert.InRange(Output.Split("Observing again: ").Length - 1, 2, 100);

        await nodes[refusing].AskAsync(accept);
        Assert.IsType<Outcome.Ready>(await Reconciliation.RunAsync(nodes.EndPoints, shards: 4, replicas: 0, async _ =>
            Assert.InRange(await Reconciliation.SlotsAsync(nodes, 3), moved, 4096)));
        var lengths = await Task.WhenAll(Enumerable.Range(0, 600).Select(number => database.StringLengthAsync($"key-{number}")));
        Assert.All(lengths, length => Assert.Equal(20_000, length));
    }
}
