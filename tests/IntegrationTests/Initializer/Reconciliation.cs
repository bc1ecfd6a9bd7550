using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using RedisCluster.Execution;
using RedisCluster.Observing;
using RedisCluster.Planning;
using RedisCluster.Topology;
using RedisCluster.Wire;
using Support;
using Xunit;

namespace IntegrationTests.Initializer;

/// <summary>Runs the initializer on real nodes inside the test process; what it logs goes to the test's output.</summary>
internal static class Reconciliation
{
    public static async Task<Outcome> RunAsync(
        IEnumerable<string> nodes, int shards = 3, int replicas = 1, Func<ClusterAction, Task>? afterAction = null,
        TimeSpan? deadline = null, CancellationToken? cancellationToken = null)
    {
        var token = cancellationToken ?? TestContext.Current.CancellationToken;
        var wanted = Wanted(nodes, shards, replicas);
        var logger = new OutputLogger();
        var limit = deadline ?? TimeSpan.FromSeconds(40);
        await using var connections = new NodeConnections(user: null, RedisNodes.Password, Reconciler.AnswerTimeout(limit));
        var reconciler = Reconciler.Of(connections, limit, TimeProvider.System, logger, afterAction);
        return await reconciler.RunAsync(wanted, TimeSpan.FromSeconds(10), token);
    }

    /// <summary>Reconciles, and fails with the reason unless every node then satisfies the readiness predicate.</summary>
    public static async Task BecomesReadyAsync(RedisNodes nodes, int shards = 3, int replicas = 1)
    {
        var outcome = await RunAsync(nodes.EndPoints, shards, replicas);
        Assert.True(outcome is Outcome.Ready, outcome.ToString());
    }

    public static WantedCluster Wanted(IEnumerable<string> nodes, int shards, int replicas) =>
        new(shards, replicas, [.. nodes.Select(NodeAddress.Parse)], TimeSpan.FromSeconds(5));

    /// <summary>A cluster whose replicas have every key, and whose nodes would have it again after they were killed.</summary>
    public static async Task<StoredKeys> FormWithKeysAsync(RedisNodes nodes, int count, int shards = 3, int replicas = 1)
    {
        await BecomesReadyAsync(nodes, shards, replicas);
        await using var connection = await nodes.ConnectAsync();
        var keys = await StoredKeys.WriteAsync(connection.GetDatabase(), count);
        await Eventually.HoldsAsync("the replicas have every key", async _ =>
        {
            var all = (await ObserveAsync(nodes)).Nodes;
            return all.Where(node => node.IsReplica).All(replica => all.Single(node => node.Id == replica.View.Myself.PrimaryId).KeyCount == replica.KeyCount);
        });

        await AllIsWrittenAsync(nodes);
        return keys;
    }

    /// <summary>A node that waits for the disk keeps what it was given for up to two seconds: with appendfsync everysec these are lost with it.</summary>
    public static async Task AllIsWrittenAsync(RedisNodes nodes) => await Eventually.HoldsAsync("every key is written to its node's file", async _ =>
        (await Task.WhenAll(nodes.All.Where(node => node.IsRunning).Select(node => node.AskTextAsync("INFO", "persistence")))).All(info => info.Contains("aof_buffer_length:0\r", StringComparison.Ordinal)));

    /// <summary>Reconciles; redis-cli, which asks every node, agrees, and every key is there.</summary>
    public static async Task HealsAsync(RedisNodes nodes, StoredKeys keys, int shards = 3, int replicas = 1)
    {
        await BecomesReadyAsync(nodes, shards, replicas);
        await RedisCli.AssertClusterIsGoodAsync(nodes[0]);
        await using var connection = await nodes.ConnectAsync();
        await keys.AssertAllAreThereAsync(connection.GetDatabase());
    }

    /// <summary>Runs, and fails unless it is refused for this reason and no node has been changed.</summary>
    public static async Task IsRefusedAsync(RedisNodes nodes, IEnumerable<string> listed, string reason, int shards = 3, int replicas = 1)
    {
        var before = await StateAsync(nodes);
        var refused = Assert.IsType<Outcome.Refused>(await RunAsync(listed, shards, replicas));
        Assert.Contains(reason, refused.Refusal.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, refused.ActionsBefore);
        Assert.Equal(before, await StateAsync(nodes));
    }

    public static async Task<ClusterObservation> ObserveAsync(RedisNodes nodes)
    {
        await using var connections = new NodeConnections(user: null, RedisNodes.Password);
        ImmutableArray<NodeAddress> addresses = [.. nodes.EndPoints.Select(NodeAddress.Parse)];
        return await new Observer(connections).ObserveAsync(addresses, TimeSpan.Zero, TestContext.Current.CancellationToken);
    }

    /// <summary>Moves slots without asking whether they should.</summary>
    public static async Task MoveAsync(params IEnumerable<MoveSlots> moves)
    {
        await using var connections = new NodeConnections(user: null, RedisNodes.Password);
        var logger = new OutputLogger();
        var executor = Executor.Of(connections, new MoveProgress(TimeProvider.System, logger), TimeSpan.FromSeconds(20), TimeProvider.System, logger);
        foreach (var move in moves)
        {
            await executor.ExecuteAsync(move, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>How many slots a node says it has.</summary>
    public static async Task<int> SlotsAsync(RedisNodes nodes, int index) =>
        (await ObserveAsync(nodes)).Nodes.Where(node => node.Announced.Port == nodes[index].Port).Sum(node => node.Slots.Count);

    public static async Task<IReadOnlyList<RedisNode>> ReplicasOfAsync(RedisNodes nodes, RedisNode primary)
    {
        var observation = await ObserveAsync(nodes);
        var id = observation.Nodes.Single(node => node.Announced.Port == primary.Port).Id;
        return [.. nodes.All.Where(node => observation.Nodes.Any(seen => seen.Announced.Port == node.Port && seen.View.Myself.PrimaryId == id))];
    }

    // Whom each node knows, as what, and with which slots; its keys and its settings. Times and links come and go.
    private static async Task<string> StateAsync(RedisNodes nodes) => string.Join('\n', (await ObserveAsync(nodes)).Nodes.Select(node =>
        $"{node.Announced} {node.KeyCount} {node.NodeTimeout}: {string.Join("; ", node.View.Entries.Select(entry => $"{entry.Id} {entry.PrimaryId} {entry.ConfigEpoch} {entry.Slots}"))}"));

    private sealed class OutputLogger : ILogger
    {
        private readonly ITestOutputHelper? _output = TestContext.Current.TestOutputHelper;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _output?.WriteLine($"{DateTime.UtcNow:HH:mm:ss.fff} {formatter(state, exception)}");
    }
}
