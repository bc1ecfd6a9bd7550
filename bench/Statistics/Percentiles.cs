namespace Bench.Statistics;

/// <summary>The distribution of many calls within one round.</summary>
internal static class Percentiles
{
    /// <summary>The smallest value that at least <paramref name="share"/> of the values do not exceed.</summary>
    /// <param name="sorted">Ascending, not empty.</param>
    /// <param name="share">From 0 to 1; 0.99 is the 99th percentile.</param>
    public static double At(IReadOnlyList<double> sorted, double share) =>
        sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Count) - 1, 0, sorted.Count - 1)];
}
