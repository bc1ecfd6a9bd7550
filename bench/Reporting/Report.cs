using System.Globalization;
using Bench.Statistics;

namespace Bench.Reporting;

/// <summary>All figures of a run with where and when they were measured.</summary>
/// <param name="Started">UTC.</param>
/// <param name="Machine">Processors, system, servers.</param>
/// <param name="IsQuick">Few rounds and little data: it shows that everything runs, its figures say little.</param>
/// <param name="Parts">Each part's title and figures.</param>
internal sealed record Report(DateTimeOffset Started, string Machine, bool IsQuick, IReadOnlyList<(string Part, IReadOnlyList<Figure> Figures)> Parts)
{
    public static IReadOnlyList<string> Columns { get; } = ["Measured", "Figure", "Compared with", "Ratio", "Target", "Verdict"];

    /// <summary>The texts of <see cref="Columns"/>.</summary>
    public static IReadOnlyList<string> Row(Figure figure) =>
    [
        figure.Name,
        $"{Spread(figure.Measured)} {figure.Unit}",
        figure.Reference is { } reference ? $"{reference.Name}: {Spread(reference.Measured)} {figure.Unit}" : "",
        figure.Ratio is { } ratio ? Spread(ratio) : "",
        figure.Target is { } target ? $"{(target.Judged is Judged.Ratio or Judged.EveryRatio ? "ratio " : "")}{target}{(target.Judged is Judged.EveryRatio or Judged.EveryRound ? " always" : "")}" : "",
        figure.Verdict switch { Verdict.Met => "met", Verdict.Missed => "MISSED", _ => "" },
    ];

    /// <summary>Median, and least to most when there were several rounds.</summary>
    public static string Spread(Samples samples) => samples.Count == 1
        ? Number(samples.Median)
        : $"{Number(samples.Median)} ({Number(samples.Least)}–{Number(samples.Most)})";

    private static string Number(double value) => Math.Abs(value) switch
    {
        0 => "0",
        >= 100 => value.ToString("0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        >= 0.1 => value.ToString("0.00", CultureInfo.InvariantCulture),
        _ => value.ToString("0.000", CultureInfo.InvariantCulture),
    };
}
