using Bench.Statistics;
using Xunit;

namespace UnitTests.Bench;

public sealed class SamplesTests
{
    [Theory]
    [InlineData(new[] { 3.0 }, 3.0)]
    [InlineData(new[] { 9.0, 1.0, 2.0 }, 2.0)]
    [InlineData(new[] { 4.0, 100.0, 1.0, 2.0 }, 3.0)]
    public void TheMedianIsInTheMiddleOfTheSortedValues(double[] values, double median) => Assert.Equal(median, Samples.Of(values).Median);

    [Fact]
    public void ARoundThatIsSlowForBothLeavesTheRatioAsItIs()
    {
        var ratio = Samples.Of([1, 10, 2]).RatioTo(Samples.Of([4, 40, 8]));
        Assert.Equal([0.25, 0.25, 0.25], ratio.Values);
    }

    [Fact]
    public void ValuesWithoutTheirPairAreRefused()
    {
        var refusal = Assert.Throws<ArgumentException>(() => Samples.Of([1, 2]).RatioTo(Samples.Of([1])));
        Assert.Contains("Expected as many rounds of the reference as there are values (2), found 1.", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NothingMeasuredIsNotZero() => Assert.Throws<ArgumentException>(() => Samples.Of([]));

    [Theory]
    [InlineData(0.5, 50)]
    [InlineData(0.99, 99)]
    [InlineData(1, 100)]
    [InlineData(0, 1)]
    public void APercentileIsAValueThatWasMeasured(double share, double expected) =>
        Assert.Equal(expected, Percentiles.At([.. Enumerable.Range(1, 100).Select(i => (double)i)], share));
}
