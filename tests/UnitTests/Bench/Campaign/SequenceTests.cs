using Bench;
using Bench.Campaign;
using Xunit;

namespace UnitTests.Bench.Campaign;

public sealed class SequenceTests
{
    [Fact]
    public void SameSeedGivesTheSameSequence()
    {
        Assert.Equal($"{Sequence.OfSeed(7)}", $"{Sequence.OfSeed(7)}");
        Assert.NotEqual($"{Sequence.OfSeed(7)}", $"{Sequence.OfSeed(8)}");
    }

    [Fact]
    public void ItsLinesSayAllOfIt()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var sequence = Sequence.OfSeed(seed);
            var read = Sequence.Parse($"{sequence}");
            Assert.Equal($"{sequence}", $"{read}");
            Assert.Equal(sequence.Steps.Length, read.Steps.Length);
        }
    }

    [Fact]
    public void SeedsReachEveryVerb() =>
        Assert.Equal(Enum.GetValues<Verb>(), Enumerable.Range(0, 300).SelectMany(seed => Sequence.OfSeed(seed).Steps).Select(step => step.Verb).Distinct().Order());

    [Fact]
    public void NodesAreAsManyAsTheLargestShapeNeeds() => Assert.Equal(8, Sequence.Parse("shape 3 1\nscale 4 1\nscale 3 0").NodeCount);

    [Theory]
    [InlineData("shape 3 1\nkill", "Expected a step like 'kill 1' or 'scale 4 1', found 'kill'.")]
    [InlineData("shape 3 1\nkill one", "found 'kill one'")]
    [InlineData("shape 3 1\nrestart-all 2", "found 'restart-all 2'")]
    [InlineData("shape 3 1\nburn 1", "Steps: kill, start, hang")]
    [InlineData("kill 1", "Expected a line 'shape SHARDS REPLICAS'")]
    public void WhatIsNoSequenceIsRefused(string text, string words) =>
        Assert.Contains(words, Assert.Throws<BenchException>(() => Sequence.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task AFailingOneIsShrunkToTheStepsThatMakeItFail()
    {
        var failed = Fails(Sequence.Parse("shape 3 1\nkill 1\nwait 100\nwipe 2\nrestart-all\nlose-data 3\nfree 1\nrun"));
        var shrunk = await Shrinking.ShrinkAsync(failed, shorter => Task.FromResult(Fails(shorter)), TimeSpan.FromMinutes(1));
        Assert.Equal("wipe 2, lose-data 3", string.Join(", ", shrunk.Sequence.Steps));

        static SequenceResult Fails(Sequence sequence) => new(sequence)
        {
            Failures = sequence.Steps.Any(step => step.Verb is Verb.Wipe) && sequence.Steps.Any(step => step.Verb is Verb.LoseData)
                ? [new Failure(FailureKind.NotReady, "both")]
                : [new Failure(FailureKind.Hang, "another failure")],
        };
    }
}
