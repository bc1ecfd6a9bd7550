using Bench.Nodes;
using Bench.Reporting;
using Bench.Statistics;

namespace Bench.Parts;

/// <summary>From nodes that know nobody to the readiness predicate, and to the end of the command that did it.</summary>
internal static class FormingPart
{
    private const string Ready = "ready";
    private const string Reported = "reported";

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Measuring bench, CancellationToken cancellationToken)
    {
        var redisCli = new RedisCliCluster(bench.Tools.RedisCli!);
        var results = await Rounds.RunAsync(
            bench.Effort.Rounds,
            [
                Us("us, 6 nodes", 6, BenchCluster.Grown),
                RedisCli("redis-cli, same settings", redisCli, BenchCluster.Grown, defaultSettings: false),
                RedisCli("redis-cli, default settings", redisCli, BenchCluster.Grown, defaultSettings: true),
                Us("us, 6 fresh nodes", 6, TimeSpan.Zero),
                RedisCli("redis-cli, fresh nodes", redisCli, TimeSpan.Zero, defaultSettings: false),
                Us("us, 12 nodes", 12, BenchCluster.Grown),
                Us("us, 30 nodes", 30, BenchCluster.Grown),
            ],
            bench.Progress,
            cancellationToken);

        var (program, work) = (results["us, 6 nodes"][Ready], results["us, 6 nodes"][Reported]);
        var (same, other) = (results["redis-cli, same settings"][Ready], results["redis-cli, default settings"][Ready]);
        return
        [
            new("6 nodes, the whole program", "s", program) { Reference = ("redis-cli, same node settings", same), Target = Target.AtMost(0.30, Judged.Ratio) },
            new("6 nodes, the whole program", "s", program) { Reference = ("redis-cli, default node settings", other), Target = Target.AtMost(0.12, Judged.Ratio) },
            new("6 nodes, the forming that it reports", "s", work) { Reference = ("redis-cli, same node settings", same), Target = Target.AtMost(0.30, Judged.Ratio) },
            new("6 nodes, the forming that it reports", "s", work) { Reference = ("redis-cli, default node settings", other), Target = Target.AtMost(0.12, Judged.Ratio) },
            new("6 nodes started a moment ago (a primary serves only 2 s after its start)", "s", results["us, 6 fresh nodes"][Ready])
            {
                Reference = ("redis-cli, same node settings", results["redis-cli, fresh nodes"][Ready]),
            },
            Growth("12 nodes", results["us, 12 nodes"][Reported], work, limit: 12 / 6),
            Growth("30 nodes", results["us, 30 nodes"][Reported], work, limit: 30 / 6),
        ];
    }

    private static Figure Growth(string nodes, Samples measured, Samples ofSix, double limit) =>
        new($"{nodes}, the forming that it reports", "s", measured) { Reference = ("6 nodes", ofSix), Target = Target.AtMost(limit, Judged.Ratio) };

    private static Contestant Us(string name, int nodes, TimeSpan age) => new(name, async cancellationToken =>
    {
        await using var cluster = await BenchCluster.StartAsync(nodes, age, cancellationToken);
        var reported = TimeSpan.Zero;
        var ready = await cluster.TimeUntilReadyAsync(async token => (_, reported) = await InitializerProgram.RunAsync(cluster.Wanted, token), cancellationToken);
        return new Dictionary<string, double> { [Ready] = ready.TotalSeconds, [Reported] = reported.TotalSeconds };
    });

    private static Contestant RedisCli(string name, RedisCliCluster redisCli, TimeSpan age, bool defaultSettings) => new(name, async cancellationToken =>
    {
        await using var cluster = await BenchCluster.StartAsync(6, age, cancellationToken);
        if (defaultSettings)
        {
            await RedisCliCluster.UseDefaultSettingsAsync(cluster.Nodes);
        }

        var ready = await cluster.TimeUntilReadyAsync(token => redisCli.CreateAsync(cluster.Nodes, token), cancellationToken);
        return new Dictionary<string, double> { [Ready] = ready.TotalSeconds };
    });
}
