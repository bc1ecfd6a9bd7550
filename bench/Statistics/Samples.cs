using System.Collections.Immutable;

namespace Bench.Statistics;

/// <summary>What one thing measured in every round: the median says how it is, least and most say how far to trust it.</summary>
/// <param name="Values">One value for each round, in the order of the rounds.</param>
internal sealed record Samples(ImmutableArray<double> Values)
{
    public double Median
    {
        get
        {
            var sorted = Values.Order().ToArray();
            var middle = sorted.Length / 2;
            return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        }
    }

    public double Least => Values.Min();

    public double Most => Values.Max();

    public int Count => Values.Length;

    public static Samples Of(IEnumerable<double> values)
    {
        ImmutableArray<double> all = [.. values];
        return all.IsEmpty ? throw new ArgumentException("Expected at least one measured value, found none.", nameof(values)) : new Samples(all);
    }

    /// <summary>The same in a unit that is so many times smaller.</summary>
    public Samples Times(double factor) => Of(Values.Select(value => value * factor));

    /// <summary>
    /// Each round's value divided by the reference's of the same round: what slows the machine down for a while slows both, and the ratio stays.
    /// </summary>
    public Samples RatioTo(Samples reference) => Count == reference.Count
        ? Of(Values.Zip(reference.Values, (value, other) => value / other))
        : throw new ArgumentException($"Expected as many rounds of the reference as there are values ({Count}), found {reference.Count}.", nameof(reference));
}
