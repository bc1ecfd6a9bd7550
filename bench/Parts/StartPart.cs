using Bench.Machine;
using Bench.Reporting;
using Bench.Start;
using Bench.Statistics;

namespace Bench.Parts;

/// <summary>Our AppHost in both forms beside the peer: an AppHost with one Redis container and one web project that pings it.</summary>
internal static class StartPart
{
    private const string Healthy = "healthy";
    private const string Gone = "gone";
    private const string Initializer = "initializer";
    private const int Kills = 3;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Measuring bench, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            bench.Progress("left out: what a start leaves is looked for in /proc, which only Linux has");
            return [];
        }

        var (engine, reason) = await Engine.FindAsync(bench.Image, cancellationToken);
        if (engine is null)
        {
            bench.Progress($"left out, the peer and the nodes as containers: {reason}");
        }

        var peer = new StartedApplication("the peer", "bench/peer/PeerHost", new Dictionary<string, string> { ["Peer__Image"] = bench.Image });
        var processes = Ours("Process", bench.Image);
        var containers = Ours("Container", bench.Image);
        foreach (var folder in engine is null ? [processes.Folder] : (string[])[processes.Folder, peer.Folder])
        {
            bench.Progress($"building {folder}");
            await ProgramRun.ToSuccessAsync("dotnet", ["build", Path.Combine(Repository.Root, folder)], [], cancellationToken);
        }

        StartedApplication[] all = engine is null ? [processes] : [peer, processes, containers];
        var started = await Rounds.RunAsync(
            bench.Effort.Rounds, [.. all.Select(application => Contestant(application, engine, (start, token) => start.PressCtrlCAsync(token)))], bench.Progress, cancellationToken);
        var killed = await Rounds.RunAsync(
            Math.Min(Kills, bench.Effort.Rounds),
            [.. all.Except([peer]).Select(application => Contestant(application, engine, (start, token) => start.KillAsync(token)))],
            line => bench.Progress($"kill -9, {line}"),
            cancellationToken);
        return [.. Figures(processes, 1.0, 6), .. engine is null ? [] : Figures(containers, 1.3, 10.5)];

        IEnumerable<Figure> Figures(StartedApplication ours, double ratio, double end)
        {
            (string, Samples)? Peer(string what) => engine is null ? null : (peer.Name, started[peer.Name][what]);
            yield return new($"{ours.Name}, from the command to /health 200", "s", started[ours.Name][Healthy])
            {
                Reference = Peer(Healthy),
                Target = engine is null ? null : Target.AtMost(ratio, Judged.Ratio),
            };
            yield return new($"{ours.Name}, ClusterInitializer in it, once the nodes answer", "s", started[ours.Name][Initializer]) { Target = Target.AtMost(1.0, Judged.Median) };
            yield return new($"{ours.Name}, from Ctrl-C until nothing is left", "s", started[ours.Name][Gone]) { Reference = Peer(Gone), Target = Target.AtMost(end, Judged.Median) };
            yield return new($"{ours.Name}, from kill -9 of AppHost until nothing is left", "s", killed[ours.Name][Gone]) { Target = Target.AtMost(15, Judged.EveryRound) };
        }
    }

    private static StartedApplication Ours(string runtime, string image) => new(
        runtime == "Process" ? "six processes" : "six containers",
        "AppHost",
        new Dictionary<string, string> { ["RedisCluster__Runtime"] = runtime, ["RedisCluster__Image"] = image });

    private static Contestant Contestant(StartedApplication application, Engine? engine, Func<AppHostStart, CancellationToken, Task<TimeSpan>> end) => new(
        application.Name,
        async cancellationToken =>
        {
            await using var start = new AppHostStart(application, engine);
            var measured = new Dictionary<string, double> { [Healthy] = (await start.UntilHealthyAsync(cancellationToken)).TotalSeconds };
            if (start.InitializerTime is { } initializer)
            {
                measured[Initializer] = initializer.TotalSeconds;
            }

            measured[Gone] = (await end(start, cancellationToken)).TotalSeconds;
            return measured;
        });
}
