using System.Text.Json.Serialization;

namespace RedisCluster.Topology;

/// <summary>Slots from <see cref="First"/> to <see cref="Last"/>, both inclusive. Written <c>0-5460</c>, or <c>7</c> for one slot.</summary>
public sealed record SlotRange
{
    /// <summary>A range of slots.</summary>
    /// <param name="first">The lowest slot.</param>
    /// <param name="last">The highest slot, which belongs to it.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of them is no slot, or the last comes before the first.</exception>
    [JsonConstructor]
    public SlotRange(int first, int last)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(last, SlotSet.SlotCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, last);
        First = first;
        Last = last;
    }

    /// <summary>The lowest slot.</summary>
    public int First { get; }

    /// <summary>The highest slot, which belongs to it.</summary>
    public int Last { get; }

    /// <summary>How many slots it has.</summary>
    [JsonIgnore]
    public int Count => Last - First + 1;

    /// <summary>Reads <c>0-5460</c> or <c>7</c>.</summary>
    /// <exception cref="FormatException">The text is not a slot range.</exception>
    public static SlotRange Parse(ReadOnlySpan<char> text)
    {
        var dash = text.IndexOf('-');
        var firstText = dash < 0 ? text : text[..dash];
        var lastText = dash < 0 ? text : text[(dash + 1)..];
        return int.TryParse(firstText, out var first) && int.TryParse(lastText, out var last)
            && first >= 0 && first <= last && last < SlotSet.SlotCount
            ? new SlotRange(first, last)
            : throw new FormatException($"Expected a slot range like '0-5460' or '7' below {SlotSet.SlotCount}, found '{text}'.");
    }

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => First == Last ? $"{First}" : $"{First}-{Last}";
}
