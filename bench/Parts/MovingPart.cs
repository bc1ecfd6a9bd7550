using System.Diagnostics;
using Bench.Load;
using Bench.Nodes;
using Bench.Reporting;
using Bench.Statistics;
using Microsoft.Extensions.Logging.Abstractions;
using RedisCluster.Execution;
using RedisCluster.Observing;
using RedisCluster.Planning;
using RedisCluster.Topology;
using RedisCluster.Wire;
using Support;

namespace Bench.Parts;

/// <summary>All slots of one of three shards go to another one, with their keys; idle, and while an application reads and writes these very keys.</summary>
internal static class MovingPart
{
    private const string Seconds = "seconds";
    private const string P50 = "p50";
    private const string P99 = "p99";
    private const string Longest = "longest";
    private const string Errors = "errors";
    private const string P99Before = "p99 before";

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Measuring bench, CancellationToken cancellationToken)
    {
        var redisCli = new RedisCliCluster(bench.Tools.RedisCli!);
        var keys = bench.Effort.IsQuick ? 10_000 : 100_000;
        Task UsAsync(BenchCluster cluster, NodeObservation source, NodeObservation target, CancellationToken token) => MoveAsync(cluster, source, target, token);
        Task RedisCliAsync(BenchCluster cluster, NodeObservation source, NodeObservation target, CancellationToken token) =>
            redisCli.MoveAsync(cluster.Nodes[0], source.Id.Value, target.Id.Value, source.Slots.Count, token);

        var results = await Rounds.RunAsync(
            bench.Effort.Rounds,
            [
                Move("us, idle", keys, UsAsync, withTraffic: false, bench.Progress),
                Move("redis-cli, idle", keys, RedisCliAsync, withTraffic: false, bench.Progress),
                Move("us, under traffic", keys, UsAsync, withTraffic: true, bench.Progress),
                Move("redis-cli, under traffic", keys, RedisCliAsync, withTraffic: true, bench.Progress),
            ],
            bench.Progress,
            cancellationToken);
        return
        [
            Time("idle", results["us, idle"], results["redis-cli, idle"], keys),
            Time("under traffic", results["us, under traffic"], results["redis-cli, under traffic"], keys),
            .. Calls(results["us, under traffic"], results["redis-cli, under traffic"]),
        ];
    }

    private static Figure Time(string situation, IReadOnlyDictionary<string, Samples> us, IReadOnlyDictionary<string, Samples> redisCli, int keys) =>
        new($"{keys} keys of 100 B, {situation}", "s", us[Seconds])
        {
            Reference = ("redis-cli --cluster reshard", redisCli[Seconds]),
            Target = Target.AtMost(0.40, Judged.Ratio),
        };

    private static IEnumerable<Figure> Calls(IReadOnlyDictionary<string, Samples> us, IReadOnlyDictionary<string, Samples> redisCli)
    {
        Figure Of(string what, string name, string unit) => new($"traffic meanwhile, {name}", unit, us[what]) { Reference = ("with redis-cli", redisCli[what]) };

        yield return Of(P50, "p50", "ms");
        yield return Of(P99, "p99", "ms") with { Target = Target.AtMost(10, Judged.Median) };
        yield return Of(Longest, "longest call", "ms");
        yield return new("traffic before, p99", "ms", us[P99Before]) { Reference = ("before redis-cli", redisCli[P99Before]) };
        yield return new("traffic meanwhile, failed or wrong calls", "calls", us[Errors]) { Target = Target.AtMost(0, Judged.EveryRound) };
        yield return new("the same with redis-cli", "calls", redisCli[Errors]);
    }

    private static Contestant Move(
        string name, int keys, Func<BenchCluster, NodeObservation, NodeObservation, CancellationToken, Task> moveAsync, bool withTraffic, Action<string> progress) =>
        new(name, async cancellationToken =>
        {
            await using var cluster = await BenchCluster.FormedAsync(cancellationToken);
            await using var connection = await cluster.Nodes.ConnectAsync();
            var nodes = (await cluster.ObserveAsync(cancellationToken)).Nodes;
            var (source, target) = (nodes[0], nodes[1]);
            var values = await StoredValues.WriteAsync(connection, source.Slots, keys, cancellationToken);
            if (!withTraffic)
            {
                var elapsed = await TimeAsync(() => moveAsync(cluster, source, target, cancellationToken));
                await AllAreThereAsync(cluster, values, cancellationToken);
                return new Dictionary<string, double> { [Seconds] = elapsed };
            }

            await using var traffic = new Traffic(await cluster.Nodes.ConnectAsync(), values);
            await Task.Delay(WarmUp, cancellationToken);
            traffic.Take();
            await Task.Delay(WarmUp, cancellationToken);
            var before = traffic.Take();
            var seconds = await TimeAsync(() => moveAsync(cluster, source, target, cancellationToken));
            var meanwhile = traffic.Take();
            if (meanwhile.FirstError is { } error)
            {
                progress($"first failed call: {error}");
            }

            await AllAreThereAsync(cluster, values, cancellationToken);
            return new Dictionary<string, double>
            {
                [Seconds] = seconds,
                [P50] = meanwhile.P50,
                [P99] = meanwhile.P99,
                [Longest] = meanwhile.Longest,
                [Errors] = meanwhile.Errors,
                [P99Before] = before.P99,
            };
        });

    // Connects and looks at the cluster first, as redis-cli has to.
    private static async Task MoveAsync(BenchCluster cluster, NodeObservation source, NodeObservation target, CancellationToken cancellationToken)
    {
        await using var connections = new NodeConnections(user: null, RedisNodes.Password);
        var observation = await new Observer(connections).ObserveAsync(cluster.Wanted.Nodes, TimeSpan.Zero, cancellationToken);
        var executor = Executor.Of(connections, new MoveProgress(TimeProvider.System, NullLogger.Instance), TimeSpan.FromSeconds(20), TimeProvider.System, NullLogger.Instance);
        await executor.ExecuteAsync(new StayPrimary(source.Announced), cancellationToken);
        await executor.ExecuteAsync(SlotMoves.Move(observation, source, target, source.Slots), cancellationToken);
    }

    // On a connection of its own: after redis-cli the emptied node loads the data of its new primary, and a driver that asks it before it knows that fails.
    private static async Task AllAreThereAsync(BenchCluster cluster, StoredValues values, CancellationToken cancellationToken)
    {
        await using var connection = await cluster.Nodes.ConnectAsync();
        await values.AllAreThereAsync(connection.GetDatabase(), cancellationToken);
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
