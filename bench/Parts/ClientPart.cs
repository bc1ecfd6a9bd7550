using Bench.Api;
using Bench.Load;
using Bench.Nodes;
using Bench.Reporting;
using Bench.Statistics;
using Support;

namespace Bench.Parts;

/// <summary>What RedisCluster.Client costs an API, beside the same API on the bare driver.</summary>
internal static class ClientPart
{
    private const string Rate = "rate";
    private const string P99 = "p99";
    private const string Bytes = "bytes";
    private const string Cpu = "cpu";

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Measuring bench, CancellationToken cancellationToken)
    {
        var load = HttpLoad.On(bench.Tools.Wrk);
        var duration = TimeSpan.FromSeconds(bench.Effort.IsQuick ? 1 : 4);
        await using var cluster = await BenchCluster.FormedAsync(cancellationToken);
        await WriteValuesAsync(cluster, cancellationToken);
        var connectionString = ClientApplication.ConnectionString(cluster.Nodes);
        await using var bare = await ApiProcess.StartAsync(ApiKind.Bare, connectionString, cancellationToken);
        await using var bareTraced = await ApiProcess.StartAsync(ApiKind.BareTraced, connectionString, cancellationToken);
        await using var instrumented = await ApiProcess.StartAsync(ApiKind.BareInstrumented, connectionString, cancellationToken);
        await using var full = await ApiProcess.StartAsync(ApiKind.Full, connectionString, cancellationToken);
        await using var silent = await ApiProcess.StartAsync(ApiKind.FullSilent, connectionString, cancellationToken);
        foreach (var api in (ApiProcess[])[bare, bareTraced, instrumented, full, silent])
        {
            // Until then it runs code that is not yet optimized.
            bench.Progress($"warming up {api.Url} with {load.Name}");
            await load.RunAsync(api.Url, bench.Effort.IsQuick ? duration : WarmUp, cancellationToken);
        }

        Contestant Api(string name, ApiProcess api) => new(name, token => MeasureAsync(api, load, duration, token));
        // Twice as many rounds as elsewhere: they are short, and the limits are narrow.
        var results = await Rounds.RunAsync(
            2 * bench.Effort.Rounds, [Api("bare", bare), Api("full", full), Api("silent", silent), Api("traced", bareTraced), Api("instrumented", instrumented)], bench.Progress, cancellationToken);
        Figure Of(string what, string who, string name, string unit) => new(name, unit, results[who][what]) { Reference = ("bare driver", results["bare"][what]) };
        return
        [
            Of(Rate, "full", "traces of everything and metrics", "requests/s") with { Target = Target.AtLeast(0.85, Judged.Ratio) },
            Of(Rate, "silent", "telemetry off", "requests/s") with { Target = Target.AtLeast(0.97, Judged.Ratio) },
            Of(Rate, "traced", "bare driver in an API whose requests are traced and measured", "requests/s"),
            new("traces of everything and metrics", "requests/s", results["full"][Rate]) { Reference = ("bare driver, requests traced and measured", results["traced"][Rate]) },
            new("OpenTelemetry.Instrumentation.StackExchangeRedis", "requests/s", results["instrumented"][Rate]) { Reference = ("bare driver, requests traced and measured", results["traced"][Rate]) },
            Of(P99, "instrumented", "OpenTelemetry.Instrumentation.StackExchangeRedis, p99", "ms"),
            Of(Bytes, "instrumented", "OpenTelemetry.Instrumentation.StackExchangeRedis, allocated for a request", "B"),
            Of(Cpu, "instrumented", "OpenTelemetry.Instrumentation.StackExchangeRedis, CPU time of a request", "µs"),
            Of(P99, "full", "traces of everything and metrics, p99", "ms"),
            Of(P99, "silent", "telemetry off, p99", "ms"),
            Of(Bytes, "full", "traces of everything and metrics, allocated for a request", "B"),
            Of(Bytes, "silent", "telemetry off, allocated for a request", "B"),
            Of(Bytes, "traced", "bare driver with traced requests, allocated for a request", "B"),
            Of(Cpu, "full", "traces of everything and metrics, CPU time of a request", "µs"),
            Of(Cpu, "silent", "telemetry off, CPU time of a request", "µs"),
        ];
    }

    private static async Task<IReadOnlyDictionary<string, double>> MeasureAsync(ApiProcess api, HttpLoad load, TimeSpan duration, CancellationToken cancellationToken)
    {
        var before = await api.CostAsync(cancellationToken);
        var result = await load.RunAsync(api.Url, duration, cancellationToken);
        var after = await api.CostAsync(cancellationToken);
        return new Dictionary<string, double>
        {
            [Rate] = result.RequestsPerSecond,
            [P99] = result.P99Milliseconds,
            [Bytes] = (double)(after.AllocatedBytes - before.AllocatedBytes) / result.Requests,
            [Cpu] = (after.CpuMicroseconds - before.CpuMicroseconds) / result.Requests,
        };
    }

    private static async Task WriteValuesAsync(BenchCluster cluster, CancellationToken cancellationToken)
    {
        await using var connection = await cluster.Nodes.ConnectAsync();
        var database = connection.GetDatabase();
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => database.StringSetAsync(ServedApi.KeyOf(i), new string('.', 100)))).WaitAsync(cancellationToken);
    }
}
