namespace Bench.Statistics;

/// <summary>Something that is measured once in every round.</summary>
/// <param name="Name">As progress lines name it.</param>
/// <param name="MeasureAsync">Measures once; the keys are what is measured, the same ones every time.</param>
internal sealed record Contestant(string Name, Func<CancellationToken, Task<IReadOnlyDictionary<string, double>>> MeasureAsync);

/// <summary>Rounds in which everyone takes turns (A B A B): a machine that changes while they run changes for all of them.</summary>
internal static class Rounds
{
    /// <returns>By contestant, then by what was measured, the values of all rounds.</returns>
    public static async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, Samples>>> RunAsync(
        int rounds, IReadOnlyList<Contestant> contestants, Action<string> progress, CancellationToken cancellationToken)
    {
        var values = contestants.ToDictionary(contestant => contestant.Name, _ => new Dictionary<string, List<double>>());
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var contestant in contestants)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress($"round {round} of {rounds}: {contestant.Name}");
                foreach (var (what, value) in await contestant.MeasureAsync(cancellationToken))
                {
                    values[contestant.Name].TryAdd(what, []);
                    values[contestant.Name][what].Add(value);
                }
            }
        }

        return values.ToDictionary(
            contestant => contestant.Key,
            contestant => (IReadOnlyDictionary<string, Samples>)contestant.Value.ToDictionary(what => what.Key, what => Samples.Of(what.Value)));
    }
}
