using Bench.Reporting;
using Bench.Statistics;
using Xunit;

namespace UnitTests.Bench;

public sealed class VerdictTests
{
    // Median 2, ratios 0.5, 0.2 and 1.5 to the reference.
    private static readonly Figure Measured = new("thing", "s", Samples.Of([1, 2, 3])) { Reference = ("other", Samples.Of([2, 10, 2])) };

    [Theory]
    [InlineData(nameof(Judged.Median), 2, nameof(Verdict.Met))]
    [InlineData(nameof(Judged.Median), 1.9, nameof(Verdict.Missed))]
    [InlineData(nameof(Judged.EveryRound), 2.9, nameof(Verdict.Missed))]
    [InlineData(nameof(Judged.EveryRound), 3, nameof(Verdict.Met))]
    [InlineData(nameof(Judged.Ratio), 0.5, nameof(Verdict.Met))]
    [InlineData(nameof(Judged.Ratio), 0.49, nameof(Verdict.Missed))]
    [InlineData(nameof(Judged.EveryRatio), 1.4, nameof(Verdict.Missed))]
    [InlineData(nameof(Judged.EveryRatio), 1.5, nameof(Verdict.Met))]
    public void AtMostIsJudgedByWhatTheTargetNames(string judged, double limit, string verdict) =>
        Assert.Equal(verdict, (Measured with { Target = Target.AtMost(limit, Enum.Parse<Judged>(judged)) }).Verdict.ToString());

    [Fact]
    public void AtLeastIsMissedBelowTheLimit()
    {
        Assert.Equal(Verdict.Met, (Measured with { Target = Target.AtLeast(0.5, Judged.Ratio) }).Verdict);
        Assert.Equal(Verdict.Missed, (Measured with { Target = Target.AtLeast(0.51, Judged.Ratio) }).Verdict);
    }

    [Fact]
    public void WithoutATargetAFigureOnlyInforms() => Assert.Equal(Verdict.Informs, Measured.Verdict);

    [Fact]
    public void ATargetForARatioNeedsAReference() =>
        Assert.Throws<InvalidOperationException>(() => new Figure("alone", "s", Samples.Of([1])) { Target = Target.AtMost(1, Judged.Ratio) }.Verdict);
}
