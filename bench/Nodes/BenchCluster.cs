using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using RedisCluster.Execution;
using RedisCluster.Observing;
using RedisCluster.Planning;
using RedisCluster.Topology;
using RedisCluster.Wire;
using Support;

namespace Bench.Nodes;

/// <summary>Real nodes, and an observer that stands outside of what is measured: the same one for everybody.</summary>
internal sealed class BenchCluster : IAsyncDisposable
{
    /// <summary>A primary younger than this refuses to serve, whoever forms the cluster.</summary>
    public static readonly TimeSpan Grown = TimeSpan.FromSeconds(2.5);

    private static readonly TimeSpan NodeTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly NodeConnections _connections = new(user: null, RedisNodes.Password);
    private readonly Observer _observer;

    private BenchCluster(RedisNodes nodes, int replicas)
    {
        Nodes = nodes;
        Wanted = new WantedCluster(nodes.All.Count / (1 + replicas), replicas, [.. nodes.EndPoints.Select(NodeAddress.Parse)], NodeTimeout);
        _observer = new Observer(_connections);
    }

    public RedisNodes Nodes { get; }

    public WantedCluster Wanted { get; }

    /// <summary>Nodes that are not a cluster yet.</summary>
    /// <param name="count">How many nodes.</param>
    /// <param name="age">How long to let them run first: whether nodes are older than two seconds decides how fast they can become a cluster.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<BenchCluster> StartAsync(int count, TimeSpan age, CancellationToken cancellationToken)
    {
        var cluster = new BenchCluster(await RedisNodes.StartAsync(count), replicas: 1);
        return await cluster.PreparedAsync(age, cancellationToken);
    }

    /// <summary>Nodes with addresses of their own behind published ports, as containers have them.</summary>
    public static async Task<BenchCluster> StartBehindPublishedPortsAsync(int count, TimeSpan age, CancellationToken cancellationToken)
    {
        var cluster = new BenchCluster(await RedisNodes.StartBehindPublishedPortsAsync(count), replicas: 1);
        return await cluster.PreparedAsync(age, cancellationToken);
    }

    /// <summary>Six nodes that are a cluster.</summary>
    public static async Task<BenchCluster> FormedAsync(CancellationToken cancellationToken)
    {
        var cluster = await StartAsync(6, TimeSpan.Zero, cancellationToken);
        try
        {
            await cluster.ReconcileAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public Task<ClusterObservation> ObserveAsync(CancellationToken cancellationToken) => _observer.ObserveAsync(Wanted.Nodes, TimeSpan.Zero, cancellationToken);

    /// <summary>The readiness predicate: every node agrees on everything and every replica is in sync.</summary>
    public async Task UntilReadyAsync(CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var broken = Invariants.Check(await ObserveAsync(cancellationToken), Wanted);
            if (broken.IsEmpty)
            {
                return;
            }

            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                throw new BenchException($"Expected the cluster to be ready within {Patience.TotalSeconds} s, found: {string.Join("; ", broken.Take(5))}\n{await Nodes.DescribeAsync()}");
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <summary>Runs <paramref name="action"/> and waits for the readiness predicate.</summary>
    /// <returns>The time from the start of the action until both are done.</returns>
    public async Task<TimeSpan> TimeUntilReadyAsync(Func<CancellationToken, Task> action, CancellationToken cancellationToken)
    {
        // Connected beforehand, so that the observer costs the observed as little as possible.
        await ObserveAsync(cancellationToken);
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(action(cancellationToken), UntilReadyAsync(cancellationToken));
        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Forms or heals inside this process: a preparation, not a measurement.</summary>
    public async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        var reconciler = Reconciler.Of(_connections, Patience, TimeProvider.System, NullLogger.Instance);
        var outcome = await reconciler.RunAsync(Wanted, TimeSpan.FromSeconds(10), cancellationToken);
        if (outcome is not Outcome.Ready)
        {
            throw new BenchException($"Expected the nodes to become a cluster, found: {outcome}\n{await Nodes.DescribeAsync()}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _connections.DisposeAsync();
        await Nodes.DisposeAsync();
    }

    private async Task<BenchCluster> PreparedAsync(TimeSpan age, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(age, cancellationToken);
            return this;
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }
}
