using System.Diagnostics;
using Bench.Reporting;
using Bench.Statistics;
using Support;

namespace Bench.Parts;

/// <summary>A cluster for a test: from the call until every node is ready; alone, and four at once.</summary>
internal static class TestingPart
{
    private const int AtOnce = 4;
    private const string Seconds = "seconds";

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Measuring bench, CancellationToken cancellationToken)
    {
        // The server is found, and the code has run once: as for the second test of a process.
        await TestServers.DefaultAsync();
        await StartAsync(1, cancellationToken);
        var results = await Rounds.RunAsync(
            bench.Effort.Rounds,
            [
                new("one", async token => new Dictionary<string, double> { [Seconds] = await StartAsync(1, token) }),
                new("four at once", async token => new Dictionary<string, double> { [Seconds] = await StartAsync(AtOnce, token) }),
            ],
            bench.Progress,
            cancellationToken);
        var one = results["one"][Seconds];
        return
        [
            new("six nodes, from the call until all are ready", "s", one) { Target = Target.AtMost(1.0, Judged.Median) },
            new("four clusters at once", "s", results["four at once"][Seconds]) { Reference = ("one", one), Target = Target.AtMost(2.5, Judged.Ratio) },
        ];
    }

    private static async Task<double> StartAsync(int count, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var clusters = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => RedisClusterServers.StartAsync(cancellationToken: cancellationToken)));
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await Task.WhenAll(clusters.Select(cluster => cluster.DisposeAsync().AsTask()));
        return elapsed;
    }
}
