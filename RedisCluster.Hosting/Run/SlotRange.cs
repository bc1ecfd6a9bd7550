using System.Globalization;

namespace RedisCluster.Hosting.Run;

/// <summary>Hash slots from <see cref="First"/> to <see cref="Last"/>, both included.</summary>
internal readonly record struct SlotRange(int First, int Last)
{
    public const int SlotCount = 16_384;

    public int Count => Last - First + 1;

    public override string ToString() => First == Last ? $"{First}" : $"{First}-{Last}";

    /// <summary>Reads <c>0-5460</c> or <c>7</c>; null for a slot on its way, <c>[93-&lt;-id]</c>.</summary>
    public static SlotRange? TryParse(string text)
    {
        if (text.StartsWith('['))
        {
            return null;
        }

        var ends = text.Split('-');
        return new SlotRange(int.Parse(ends[0], CultureInfo.InvariantCulture), int.Parse(ends[^1], CultureInfo.InvariantCulture));
    }

    /// <summary>The slots that none of the ranges contains.</summary>
    public static IReadOnlyList<SlotRange> Missing(IEnumerable<SlotRange> ranges)
    {
        var missing = new List<SlotRange>();
        var next = 0;
        foreach (var range in ranges.OrderBy(range => range.First).Append(new SlotRange(SlotCount, SlotCount)))
        {
            if (range.First > next)
            {
                missing.Add(new SlotRange(next, range.First - 1));
            }

            next = Math.Max(next, range.Last + 1);
        }

        return missing;
    }
}
