using System.Collections.Immutable;
using ClusterInitializer.Execution;
using ClusterInitializer.Planning;
using ClusterInitializer.Topology;
using IntegrationTests.Servers;
using Microsoft.Extensions.Logging;
using Xunit;

namespace IntegrationTests.Initializer;

/// <summary>Runs the initializer on real nodes inside the test process; what it logs goes to the test's output.</summary>
internal static class Reconciliation
{
    public static async Task<Outcome> RunAsync(
        IEnumerable<string> nodes, int shards = 3, int replicas = 1, Func<ClusterAction, Task>? afterAction = null, CancellationToken? cancellationToken = null)
    {
        var token = cancellationToken ?? TestContext.Current.CancellationToken;
        var wanted = Wanted(nodes, shards, replicas);
        var logger = new OutputLogger();
        await using var connections = new NodeConnections(user: null, RedisNodes.Password);
        var progress = new MoveProgress(TimeProvider.System, logger);
        var introduction = new ClientIntroduction(connections, logger);
        var executor = new Executor(connections, new SlotMover(connections, introduction, progress), introduction);
        var reconciler = new Reconciler(new Observer(connections), executor, progress, TimeProvider.System, logger) { AfterAction = afterAction };
        return await reconciler.RunAsync(wanted, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(40), token);
    }

    /// <summary>Reconciles, and fails with the reason unless every node then satisfies the readiness predicate.</summary>
    public static async Task BecomesReadyAsync(RedisNodes nodes, int shards = 3, int replicas = 1)
    {
        var outcome = await RunAsync(nodes.EndPoints, shards, replicas);
        Assert.True(outcome is Outcome.Ready, outcome.ToString());
    }

    public static WantedCluster Wanted(IEnumerable<string> nodes, int shards, int replicas) =>
        new(shards, replicas, [.. nodes.Select(NodeAddress.Parse)], TimeSpan.FromSeconds(5));

    public static async Task<ClusterObservation> ObserveAsync(RedisNodes nodes)
    {
        await using var connections = new NodeConnections(user: null, RedisNodes.Password);
        ImmutableArray<NodeAddress> addresses = [.. nodes.EndPoints.Select(NodeAddress.Parse)];
        return await new Observer(connections).ObserveAsync(addresses, TimeSpan.Zero, TestContext.Current.CancellationToken);
    }

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
