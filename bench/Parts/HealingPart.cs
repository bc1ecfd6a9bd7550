using Bench.Nodes;
using Bench.Reporting;
using Bench.Statistics;
using Support;

namespace Bench.Parts;

/// <summary>All six addresses change, as containers' do at every start; and the run on a cluster that is as it should be.</summary>
internal static class HealingPart
{
    private const string Ready = "ready";
    private const string Reported = "reported";
    private const int Count = 6;

    // Longer than the node timeout: by then everyone has given up everyone.
    private static readonly TimeSpan LongAfter = TimeSpan.FromSeconds(8);

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Measuring bench, CancellationToken cancellationToken)
    {
        await using var cluster = await BenchCluster.StartBehindPublishedPortsAsync(Count, BenchCluster.Grown, cancellationToken);
        await cluster.ReconcileAsync(cancellationToken);
        var addresses = new Addresses();
        var results = await Rounds.RunAsync(
            bench.Effort.Rounds,
            [
                Heal("permuted", cluster, addresses, addresses.Permute, BenchCluster.Grown),
                Heal("new", cluster, addresses, addresses.Renew, BenchCluster.Grown),
                Heal("new, long after", cluster, addresses, addresses.Renew, LongAfter),
                Run("nothing to do", cluster),
            ],
            bench.Progress,
            cancellationToken);
        return
        [
            .. Figures("addresses permuted, nodes 2.5 s old", results["permuted"]),
            .. Figures("addresses new, nodes 2.5 s old", results["new"]),
            .. Figures("addresses new, nodes 8 s old", results["new, long after"]),
            new("nothing to do, start of the process to its exit", "s", results["nothing to do"][Ready]) { Target = Target.AtMost(0.5, Judged.Median) },
        ];
    }

    private static IEnumerable<Figure> Figures(string situation, IReadOnlyDictionary<string, Samples> measured) =>
    [
        new($"{situation}, the whole program", "s", measured[Ready]) { Target = Target.AtMost(1.0, Judged.Median) },
        new($"{situation}, the healing that it reports", "s", measured[Reported]) { Target = Target.AtMost(1.0, Judged.Median) },
    ];

    private static Contestant Heal(string name, BenchCluster cluster, Addresses addresses, Action change, TimeSpan age) => new(name, async cancellationToken =>
    {
        change();
        await cluster.Nodes.ChangeAddressesAsync(addresses.Of);
        await Task.Delay(age, cancellationToken);
        var reported = TimeSpan.Zero;
        var ready = await cluster.TimeUntilReadyAsync(async token => (_, reported) = await InitializerProgram.RunAsync(cluster.Wanted, token), cancellationToken);
        return new Dictionary<string, double> { [Ready] = ready.TotalSeconds, [Reported] = reported.TotalSeconds };
    });

    private static Contestant Run(string name, BenchCluster cluster) => new(name, async cancellationToken =>
    {
        var (process, _) = await InitializerProgram.RunAsync(cluster.Wanted, cancellationToken);
        return new Dictionary<string, double> { [Ready] = process.TotalSeconds };
    });

    // Containers get the addresses of one another, or ones that nobody had before.
    private sealed class Addresses
    {
        private const int Room = 200;
        private int _first;
        private int _shift;

        public void Permute() => _shift++;

        public void Renew() => _first = (_first + 10) % Room;

        public int Of(int node) => _first + ((node + _shift) % Count);
    }
}
