using System.Text.Json.Serialization;

namespace RedisCluster.Topology;

/// <summary>Slots from <see cref="First"/> to <see cref="Last"/>, both inclusive. Written <c>0-5460</c>, or <c>7</c> for one slot.</summary>
public sealed record SlotRange
{
    [JsonConstructor]
    public SlotRange(int first, int last)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(last, SlotSet.SlotCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, last);
        First = first;
        Last = last;
    }

    public int First { get; }

    public int Last { get; }

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

    public override string ToString() => First == Last ? $"{First}" : $"{First}-{Last}";
}
