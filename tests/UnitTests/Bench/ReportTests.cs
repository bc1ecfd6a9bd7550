using System.Text.Json;
using Bench.Reporting;
using Bench.Statistics;
using Xunit;

namespace UnitTests.Bench;

public sealed class ReportTests
{
    private static readonly Report Sample = new(
        new DateTimeOffset(2026, 3, 1, 12, 30, 0, TimeSpan.Zero),
        "2 processors",
        IsQuick: false,
        [
            ("Forming", [
                new Figure("six nodes", "s", Samples.Of([0.6, 0.5, 0.7])) { Reference = ("redis-cli", Samples.Of([2, 2.5, 1.4])), Target = Target.AtMost(0.3, Judged.Ratio) },
                new Figure("errors", "calls", Samples.Of([1])) { Target = Target.AtMost(0, Judged.EveryRound) },
            ]),
            ("Client", [new Figure("rate", "requests/s", Samples.Of([41234]))]),
        ]);

    [Fact]
    public void TheTableLinesUpTargetFigureRatioAndVerdict() => Assert.Equal(
        """
        2026-03-01 12:30 UTC, 2 processors. Median (least–most) of the rounds; ratios are taken round by round.

        Forming
        Measured   Figure              Compared with                  Ratio             Target       Verdict
        six nodes  0.60 (0.50–0.70) s  redis-cli: 2.00 (1.40–2.50) s  0.30 (0.20–0.50)  ratio ≤ 0.3  met
        errors     1.00 calls                                                           ≤ 0 always   MISSED

        Client
        Measured  Figure            Compared with  Ratio  Target  Verdict
        rate      41234 requests/s

        """,
        ReportTexts.ToTable(Sample));

    [Fact]
    public void MarkdownHasATableForEachPart()
    {
        var lines = ReportTexts.ToMarkdown(Sample).Split('\n');
        Assert.Contains("## Forming", lines);
        Assert.Contains("| six nodes | 0.60 (0.50–0.70) s | redis-cli: 2.00 (1.40–2.50) s | 0.30 (0.20–0.50) | ratio ≤ 0.3 | met |", lines);
        Assert.Contains("| rate | 41234 requests/s |  |  |  |  |", lines);
    }

    [Fact]
    public void JsonHasEveryRoundAndTheVerdict()
    {
        using var json = JsonDocument.Parse(ReportJson.ToJson(Sample));
        var figures = json.RootElement.GetProperty("figures");
        Assert.Equal(3, figures.GetArrayLength());
        var first = figures[0];
        Assert.Equal([0.6, 0.5, 0.7], first.GetProperty("measured").GetProperty("rounds").EnumerateArray().Select(value => value.GetDouble()));
        Assert.Equal(0.3, first.GetProperty("ratio").GetProperty("median").GetDouble(), precision: 3);
        Assert.Equal("Met", first.GetProperty("verdict").GetString());
        Assert.Equal("Missed", figures[1].GetProperty("verdict").GetString());
        Assert.False(figures[2].TryGetProperty("target", out _));
    }
}
