using Bench.Load;
using Bench.Nodes;
using Bench.Reporting;
using Bench.Statistics;
using Support;

namespace Bench.Parts;

/// <summary>A primary is killed, hangs, or hands over, while an application writes to every shard through RedisCluster.Client.</summary>
internal static class FailoverPart
{
    // The driver looks at timeouts on its heartbeat, every 100 ms; the rest is for timers of a machine that is busy.
    private static readonly TimeSpan Lateness = TimeSpan.FromMilliseconds(250);

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Measuring bench, CancellationToken cancellationToken)
    {
        await using var cluster = await BenchCluster.FormedAsync(cancellationToken);
        await using var application = await ClientApplication.StartAsync(cluster.Nodes, cancellationToken);
        await using var failovers = await Failovers.StartAsync(cluster, application, cancellationToken);
        var settings = application.Settings;
        var onceLimit = settings.CommandTimeout + Lateness;
        var retryingLimit = settings.RetryFor + settings.CommandTimeout;

        var kills = await Measure("kill", bench.Effort.Kills, Kill, failovers, bench.Progress, cancellationToken);
        var hangs = await Measure("hang", bench.Effort.Rounds, Hang, failovers, bench.Progress, cancellationToken);
        var handovers = await Measure("handover", bench.Effort.Rounds, HandOver, failovers, bench.Progress, cancellationToken);
        return
        [
            .. Crash("kill -9 of a primary", kills, retryingLimit, onceLimit),
            .. Crash("SIGSTOP of a primary", hangs, retryingLimit, onceLimit),
            new("CLUSTER FAILOVER, longest gap", "ms", handovers[Failovers.Gap].Times(1000)) { Target = Target.AtMost(100, Judged.EveryRound) },
            new("CLUSTER FAILOVER, failed calls that may be repeated", "calls", handovers[Failovers.Failed]) { Target = Target.AtMost(0, Judged.EveryRound) },
            new("CLUSTER FAILOVER, failed calls made once", "calls", handovers[Failovers.FailedOnce]) { Target = Target.AtMost(0, Judged.EveryRound) },
            new("CLUSTER FAILOVER, acknowledged writes lost", "keys", handovers[Failovers.Lost]) { Target = Target.AtMost(0, Judged.EveryRound) },
        ];
    }

    private static IEnumerable<Figure> Crash(string fault, IReadOnlyDictionary<string, Samples> measured, TimeSpan retryingLimit, TimeSpan onceLimit) =>
    [
        new($"{fault}, longest gap", "s", measured[Failovers.Gap]) { Reference = ("promotion of the replica", measured[Failovers.Promotion]), Target = Target.AtMost(1.2, Judged.EveryRatio) },
        new($"{fault}, failed calls that may be repeated", "calls", measured[Failovers.Failed]) { Target = Target.AtMost(0, Judged.EveryRound) },
        new($"{fault}, acknowledged writes lost", "keys", measured[Failovers.Lost]) { Target = Target.AtMost(0, Judged.EveryRound) },
        new($"{fault}, longest call that is repeated", "s", measured[Failovers.Longest]) { Target = Target.AtMost(retryingLimit.TotalSeconds, Judged.EveryRound) },
        new($"{fault}, longest call made once", "s", measured[Failovers.LongestOnce]) { Target = Target.AtMost(onceLimit.TotalSeconds, Judged.EveryRound) },
        new($"{fault}, failed calls made once", "calls", measured[Failovers.FailedOnce]),
        new($"{fault}, calls acknowledged", "calls", measured[Failovers.Acknowledged]),
    ];

    private static async Task<IReadOnlyDictionary<string, Samples>> Measure(
        string name, int times, Fault fault, Failovers failovers, Action<string> progress, CancellationToken cancellationToken)
    {
        var results = await Rounds.RunAsync(times, [new Contestant(name, token => failovers.MeasureAsync(fault, token))], progress, cancellationToken);
        return results[name];
    }

    private static Fault Kill => new((primary, _) => primary.KillAsync(), primary => primary.StartAsync());

    private static Fault Hang => new(
        (primary, _) =>
        {
            primary.Hang();
            return Task.CompletedTask;
        },
        primary =>
        {
            primary.Resume();
            return Task.CompletedTask;
        });

    private static Fault HandOver => new((_, replica) => replica.AskAsync("CLUSTER", "FAILOVER"), _ => Task.CompletedTask);
}

/// <summary>Something that makes the replica take over, and what ends it.</summary>
/// <param name="StrikeAsync">Given the primary and its replica.</param>
/// <param name="EndAsync">Given the former primary.</param>
internal sealed record Fault(Func<RedisNode, RedisNode, Task> StrikeAsync, Func<RedisNode, Task> EndAsync);
