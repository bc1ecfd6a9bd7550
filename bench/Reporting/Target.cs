using System.Globalization;

namespace Bench.Reporting;

/// <summary>Which of a figure's numbers has to keep to the limit.</summary>
internal enum Judged
{
    /// <summary>The median of the rounds.</summary>
    Median,

    /// <summary>Every round: for what must never happen.</summary>
    EveryRound,

    /// <summary>The median of the ratios to the reference.</summary>
    Ratio,

    /// <summary>Every round's ratio to the reference.</summary>
    EveryRatio,
}

internal enum Verdict
{
    /// <summary>There is no target: the figure explains another one.</summary>
    Informs,
    Met,
    Missed,
}

/// <summary>A number to reach.</summary>
/// <param name="Judged">What has to reach it.</param>
/// <param name="Limit">In the figure's unit, or a ratio.</param>
/// <param name="IsLowerLimit">True where more is better.</param>
internal sealed record Target(Judged Judged, double Limit, bool IsLowerLimit)
{
    public static Target AtMost(double limit, Judged judged) => new(judged, limit, IsLowerLimit: false);

    public static Target AtLeast(double limit, Judged judged) => new(judged, limit, IsLowerLimit: true);

    public bool IsMetBy(double value) => IsLowerLimit ? value >= Limit : value <= Limit;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(IsLowerLimit ? "≥" : "≤")} {Limit:0.###}");
}
