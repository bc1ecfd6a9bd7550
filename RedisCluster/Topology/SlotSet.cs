using System.Collections;
using System.Collections.Immutable;

namespace RedisCluster.Topology;

/// <summary>
/// An immutable set of slots, kept as inclusive ranges that neither touch nor overlap. Enumerates the slots in ascending
/// order; written <c>0-5460,5462</c>, and <c>none</c> when empty.
/// </summary>
public sealed class SlotSet : IEnumerable<int>, IEquatable<SlotSet>
{
    /// <summary>How many slots a cluster has.</summary>
    public const int SlotCount = 16384;

    private SlotSet(ImmutableArray<SlotRange> ranges)
    {
        Ranges = ranges;
        Count = ranges.Sum(range => range.Count);
    }

    /// <summary>No slot.</summary>
    public static SlotSet Empty { get; } = new([]);

    /// <summary>Every slot of a cluster.</summary>
    public static SlotSet All { get; } = new([new SlotRange(0, SlotCount - 1)]);

    /// <summary>The ranges in ascending order.</summary>
    public ImmutableArray<SlotRange> Ranges { get; }

    /// <summary>How many slots it has.</summary>
    public int Count { get; }

    /// <summary>Whether it has no slot.</summary>
    public bool IsEmpty => Ranges.IsEmpty;

    /// <summary>The set of these slots, in any order.</summary>
    public static SlotSet Of(params IEnumerable<int> slots) => Of(slots.Select(slot => new SlotRange(slot, slot)));

    /// <summary>The slots of these ranges, which may touch and overlap.</summary>
    public static SlotSet Of(params IEnumerable<SlotRange> ranges)
    {
        var joined = ImmutableArray.CreateBuilder<SlotRange>();
        foreach (var range in ranges.OrderBy(range => range.First))
        {
            if (joined.Count > 0 && range.First <= joined[^1].Last + 1)
            {
                joined[^1] = new SlotRange(joined[^1].First, Math.Max(joined[^1].Last, range.Last));
            }
            else
            {
                joined.Add(range);
            }
        }

        return joined.Count == 0 ? Empty : new SlotSet(joined.DrainToImmutable());
    }

    /// <summary>Reads <c>0-5460,5462</c>, in any order and with overlaps; <c>none</c> and the empty text are the empty set.</summary>
    /// <exception cref="FormatException">A part is not a slot range.</exception>
    public static SlotSet Parse(string text) =>
        text is "" or "none" ? Empty : Of(text.Split(',', StringSplitOptions.TrimEntries).Select(part => SlotRange.Parse(part)));

    /// <summary>Whether the slot is in it.</summary>
    public bool Contains(int slot)
    {
        var (low, high) = (0, Ranges.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (slot < Ranges[middle].First)
            {
                high = middle - 1;
            }
            else if (slot > Ranges[middle].Last)
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a slot is in both.</summary>
    public bool Overlaps(SlotSet other) => !Intersect(other).IsEmpty;

    /// <summary>Whether the other has all its slots.</summary>
    public bool IsSubsetOf(SlotSet other) => Except(other).IsEmpty;

    /// <summary>The slots that are in one of them.</summary>
    public SlotSet Union(SlotSet other) => other.IsEmpty ? this : IsEmpty ? other : Of(Ranges.Concat(other.Ranges));

    /// <summary>The slots that are in both.</summary>
    public SlotSet Intersect(SlotSet other)
    {
        var common = new List<SlotRange>();
        for (var (mine, theirs) = (0, 0); mine < Ranges.Length && theirs < other.Ranges.Length;)
        {
            var first = Math.Max(Ranges[mine].First, other.Ranges[theirs].First);
            var last = Math.Min(Ranges[mine].Last, other.Ranges[theirs].Last);
            if (first <= last)
            {
                common.Add(new SlotRange(first, last));
            }

            if (Ranges[mine].Last < other.Ranges[theirs].Last)
            {
                mine++;
            }
            else
            {
                theirs++;
            }
        }

        return Of(common);
    }

    /// <summary>The slots that the other lacks.</summary>
    public SlotSet Except(SlotSet other) => IsEmpty || other.IsEmpty ? this : Intersect(other.Complement());

    /// <summary>All slots that are not in this set.</summary>
    public SlotSet Complement()
    {
        var gaps = new List<SlotRange>();
        var next = 0;
        foreach (var range in Ranges)
        {
            if (next < range.First)
            {
                gaps.Add(new SlotRange(next, range.First - 1));
            }

            next = range.Last + 1;
        }

        if (next < SlotCount)
        {
            gaps.Add(new SlotRange(next, SlotCount - 1));
        }

        return Of(gaps);
    }

    /// <summary>First and last slot of each range, inclusive: the arguments of commands.</summary>
    internal IEnumerable<object> Bounds() => Ranges.SelectMany(range => new object[] { range.First, range.Last });

    /// <summary>The lowest <paramref name="count"/> slots, or all when there are fewer.</summary>
    internal SlotSet Lowest(int count) => count >= Count ? this : Of(this.Take(count));

    /// <summary>The highest <paramref name="count"/> slots, or all when there are fewer.</summary>
    internal SlotSet Highest(int count) => count >= Count ? this : Except(Lowest(Count - count));

    /// <summary>The slots in ascending order.</summary>
    public IEnumerator<int> GetEnumerator() => Ranges.SelectMany(range => Enumerable.Range(range.First, range.Count)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Whether both have the same slots.</summary>
    public bool Equals(SlotSet? other) => other is not null && Ranges.AsSpan().SequenceEqual(other.Ranges.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SlotSet);

    /// <inheritdoc/>
    public override int GetHashCode() => Ranges.Aggregate(0, HashCode.Combine);

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => IsEmpty ? "none" : string.Join(',', Ranges);
}
