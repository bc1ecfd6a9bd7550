using Bench.Statistics;

namespace Bench.Reporting;

/// <summary>One line of the report.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Unit">Of <paramref name="Measured"/>: s, ms, requests/s, B, errors.</param>
/// <param name="Measured">One value for each round.</param>
internal sealed record Figure(string Name, string Unit, Samples Measured)
{
    /// <summary>What it is compared with, measured in the same rounds and unit.</summary>
    public (string Name, Samples Measured)? Reference { get; init; }

    public Target? Target { get; init; }

    /// <summary>Pair by pair; null without a reference.</summary>
    public Samples? Ratio => Reference is { } reference ? Measured.RatioTo(reference.Measured) : null;

    public Verdict Verdict => Target is not { } target ? Verdict.Informs : Judge(target) ? Verdict.Met : Verdict.Missed;

    private bool Judge(Target target)
    {
        var judged = target.Judged is Judged.Ratio or Judged.EveryRatio
            ? Ratio ?? throw new InvalidOperationException($"'{Name}' has a target for a ratio: it needs a reference.")
            : Measured;
        return target.Judged is Judged.EveryRound or Judged.EveryRatio ? judged.Values.All(target.IsMetBy) : target.IsMetBy(judged.Median);
    }
}
