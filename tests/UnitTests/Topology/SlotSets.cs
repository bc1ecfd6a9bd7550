using CsCheck;
using RedisCluster.Topology;
using Xunit;

namespace UnitTests.Topology;

public sealed class SlotSets
{
    private static Gen<SlotSet> Any { get; } = Gen.Select(Gen.Int[0, 60], Gen.Int[0, 8]).Array[0, 8]
        .Select(ranges => SlotSet.Of(ranges.Select(range => new SlotRange(range.Item1, range.Item1 + range.Item2))));

    [Fact]
    public void OperationsAreThoseOfSets() => Gen.Select(Any, Any).Sample((one, other) =>
    {
        Assert.Equal(Enumerable.Union(one, other).Order(), one.Union(other));
        Assert.Equal(Enumerable.Intersect(one, other).Order(), one.Intersect(other));
        Assert.Equal(Enumerable.Except(one, other).Order(), one.Except(other));
        Assert.Equal(one.Ranges.Sum(range => range.Count), one.Count);
        Assert.Equal(SlotSet.SlotCount, one.Count + one.Complement().Count);
        Assert.All(Enumerable.Range(0, 70), slot => Assert.Equal(Enumerable.Contains(one, slot), one.Contains(slot)));
        Assert.Equal(one.Union(other).Equals(one), other.IsSubsetOf(one));
    });

    [Fact]
    public void TextReadsBackAsTheSameSet() => Any.Sample(slots => Assert.Equal(slots, SlotSet.Parse(slots.ToString())));

    [Fact]
    public void TouchingAndOverlappingRangesAreWrittenAsOne() => Assert.Equal("0-5,7-9,11", SlotSet.Parse("7,8-9,0-3,2-5,11").ToString());

    [Fact]
    public void EmptySetIsWrittenAsNone() => Assert.Equal("none", SlotSet.Empty.ToString());

    [Theory]
    [InlineData("16384")]
    [InlineData("5-3")]
    [InlineData("-1")]
    [InlineData("a")]
    public void WhatIsNoSlotIsRefused(string text) =>
        Assert.Equal($"Expected a slot range like '0-5460' or '7' below 16384, found '{text}'.", Assert.Throws<FormatException>(() => SlotSet.Parse(text)).Message);

    [Fact]
    public void LowestAndHighestSplitASet() =>
        Assert.Equal(("0-1", "2,9"), ($"{SlotSet.Parse("0-2,9").Lowest(2)}", $"{SlotSet.Parse("0-2,9").Highest(2)}"));

    [Fact]
    public void BoundsAreFirstAndLastOfEachRange() => Assert.Equal([0, 2, 9, 9], SlotSet.Parse("0-2,9").Bounds().Cast<int>());
}
