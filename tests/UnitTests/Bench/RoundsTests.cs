using Bench.Statistics;
using Xunit;

namespace UnitTests.Bench;

public sealed class RoundsTests
{
    [Fact]
    public async Task EveryoneTakesTurnsAndKeepsTheOrderOfTheRounds()
    {
        var turns = new List<string>();
        Contestant Named(string name) => new(name, _ =>
        {
            turns.Add(name);
            return Task.FromResult<IReadOnlyDictionary<string, double>>(new Dictionary<string, double> { ["turn"] = turns.Count });
        });
        var told = new List<string>();

        var results = await Rounds.RunAsync(2, [Named("a"), Named("b")], told.Add, TestContext.Current.CancellationToken);

        Assert.Equal(["a", "b", "a", "b"], turns);
        Assert.Equal([1, 3], results["a"]["turn"].Values);
        Assert.Equal([2, 4], results["b"]["turn"].Values);
        Assert.Equal(["round 1 of 2: a", "round 1 of 2: b", "round 2 of 2: a", "round 2 of 2: b"], told);
    }
}
