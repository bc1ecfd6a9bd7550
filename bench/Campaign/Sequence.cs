using System.Collections.Immutable;
using System.Globalization;

namespace Bench.Campaign;

/// <summary>
/// What happens to one cluster, as lines:
/// <code>
/// # seed 17
/// shape 3 1
/// replace 1
/// restart-at-new
/// </code>
/// At its end every node runs, is connected and has room again, and the initializer runs once more.
/// </summary>
internal sealed record Sequence(int Seed, int Shards, int Replicas, ImmutableArray<Step> Steps)
{
    private const string SeedWord = "# seed ";
    private const string ShapeWord = "shape ";
    private const int LeastSteps = 1;
    private const int MostSteps = 6;

    private static readonly (int Shards, int Replicas, int Weight)[] Shapes = [(3, 1, 6), (3, 2, 2), (4, 1, 1), (3, 0, 1)];

    private static readonly (Verb Verb, int Weight)[] Verbs =
    [
        (Verb.Kill, 4), (Verb.Start, 3), (Verb.Hang, 3), (Verb.Resume, 2), (Verb.Cut, 4), (Verb.Join, 2), (Verb.Wipe, 4), (Verb.LoseIdentity, 3), (Verb.LoseData, 3),
        (Verb.Replace, 6), (Verb.FailOver, 4), (Verb.TakeOver, 2), (Verb.FillMemory, 2), (Verb.FillDisk, 2), (Verb.Free, 1), (Verb.RestartAll, 2), (Verb.RestartAtNew, 4),
        (Verb.RestartPermuted, 4), (Verb.Scale, 4), (Verb.Run, 4), (Verb.RunKilled, 4), (Verb.Wait, 5), (Verb.Late, 2),
    ];

    // What chance hardly ever puts together: {0} is a primary, {1} its first replica, {2} any number of milliseconds in which a run does something.
    private static readonly string[] Themes =
    [
        "replace {0},start {0},wait 1500,replace {1},restart-at-new",
        "replace {0},start {0},wait 1500,replace {1},late {0},restart-permuted",
        "replace {0},scale 4 1,restart-permuted,late {0}",
        "replace {0},wipe {1},restart-at-new",
        "scale 4 1,run-killed {2},replace {0},run-killed {2}",
        "scale 4 1,run,replace {0},scale 3 1,run-killed {2}",
        "scale 4 1,fill-memory 7,fill-disk 8,run",
        "scale 3 2,fill-disk 7,run,replace {0}",
        "cut {0},wait 2500,join {0},wait 500",
        "hang {0},wait 2500,resume {0},restart-at-new",
        "wipe {1},run-killed {2},replace {0}",
        "restart-at-new,run-killed {2},replace {0},restart-permuted",
    ];

    /// <summary>How many nodes the largest shape needs.</summary>
    public int NodeCount => Steps.Where(step => step.Verb is Verb.Scale).Select(step => step.Numbers[0] * (1 + step.Numbers[1])).Append(Shards * (1 + Replicas)).Max();

    /// <summary>The same seed gives the same sequence, on every machine.</summary>
    public static Sequence OfSeed(int seed)
    {
        var random = new Random(seed);
        var (shards, replicas, _) = Choose(random, Shapes, shape => shape.Weight);
        var nodes = shards * (1 + replicas);
        var steps = ImmutableArray.CreateBuilder<Step>();
        if (random.Next(2) == 0 && replicas > 0)
        {
            var primary = random.Next(1, shards + 1);
            var theme = string.Format(CultureInfo.InvariantCulture, Themes[random.Next(Themes.Length)], primary, primary + shards, 20 * random.Next(15, 75));
            steps.AddRange(theme.Split(',').Select(Step.Parse));
        }

        for (var left = random.Next(LeastSteps, MostSteps + 1); left > 0; left--)
        {
            var (verb, _) = Choose(random, Verbs, verb => verb.Weight);
            if (verb is Verb.Scale)
            {
                var (wantedShards, wantedReplicas) = (random.Next(3, 5), random.Next(4) == 0 ? 2 : random.Next(0, 2));
                nodes = Math.Max(nodes, wantedShards * (1 + wantedReplicas));
                steps.Add(new Step(verb, wantedShards, wantedReplicas));
                continue;
            }

            steps.Add(Step.NumbersOf(verb) == 0 ? new Step(verb) : new Step(verb, verb switch
            {
                Verb.Wait => 100 * random.Next(1, 30),
                Verb.RunKilled => 20 * random.Next(10, 75),
                _ => random.Next(1, nodes + 1),
            }));
        }

        return new Sequence(seed, shards, replicas, steps.ToImmutable());
    }

    /// <exception cref="BenchException">A line is none of a sequence.</exception>
    public static Sequence Parse(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var seed = lines.FirstOrDefault(line => line.StartsWith(SeedWord, StringComparison.Ordinal)) is { } said && int.TryParse(said[SeedWord.Length..], out var number) ? number : 0;
        var shape = lines.FirstOrDefault(line => line.StartsWith(ShapeWord, StringComparison.Ordinal))?[ShapeWord.Length..].Split(' ') ?? [];
        return shape.Length == 2 && int.TryParse(shape[0], out var shards) && int.TryParse(shape[1], out var replicas)
            ? new Sequence(seed, shards, replicas, [.. lines.Where(line => line[0] != '#' && !line.StartsWith(ShapeWord, StringComparison.Ordinal)).Select(Step.Parse)])
            : throw new BenchException("Expected a line 'shape SHARDS REPLICAS' in the sequence, like 'shape 3 1'.");
    }

    public Sequence Without(int index, int count) => this with { Steps = Steps.RemoveRange(index, count) };

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{SeedWord}{Seed}\n{ShapeWord}{Shards} {Replicas}\n{string.Join('\n', Steps)}\n");

    private static T Choose<T>(Random random, T[] all, Func<T, int> weight)
    {
        var left = random.Next(all.Sum(weight));
        return all.First(one => (left -= weight(one)) < 0);
    }
}
