using System.Diagnostics;
using System.Globalization;
using Bench.Campaign;
using Bench.Machine;
using Bench.Reporting;
using Bench.Start;
using Bench.Statistics;

namespace Bench.Parts;

/// <summary>Sequences of faults, one after another, each on nodes of its own; what fails is shrunk and written down.</summary>
internal static class CampaignPart
{
    private static readonly TimeSpan ShrinkLimit = TimeSpan.FromMinutes(4);

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Measuring bench, CancellationToken cancellationToken)
    {
        var options = bench.Campaign;
        var start = options.InContainers ? await InContainersAsync(bench.Image, cancellationToken) : ProcessNodes.StartAsync;
        var results = new List<SequenceResult>();
        var begun = Stopwatch.GetTimestamp();
        var seeds = options.Replay is { } file
            ? [Sequence.Parse(await File.ReadAllTextAsync(file.FullName, cancellationToken))]
            : Enumerable.Range(options.Seed, int.MaxValue - options.Seed).Select(Sequence.OfSeed);
        foreach (var sequence in seeds)
        {
            var result = await SequenceRun.PlayAsync(sequence, start, cancellationToken);
            results.Add(result);
            bench.Progress(Line(result));
            if (options.Replay is not null)
            {
                bench.Progress(result.Story);
            }
            else if (result.Failures.Length > 0)
            {
                var shrunk = await Shrinking.ShrinkAsync(result, shorter => SequenceRun.PlayAsync(shorter, start, cancellationToken), ShrinkLimit);
                bench.Progress($"failed: {string.Join("; ", result.Failures.Select(failure => $"{failure.Kind}: {failure.Text}"))}\n{shrunk.Sequence}written: {await WriteAsync(result, shrunk, cancellationToken)}");
            }

            if (options.Replay is null && Stopwatch.GetElapsedTime(begun) >= options.Duration)
            {
                break;
            }
        }

        bench.Progress($"faults by kind: {Counts(results.SelectMany(result => result.Sequence.Steps).Select(step => Step.Word(step.Verb)))}");
        bench.Progress($"writes lost for a known cause: {Counts(results.SelectMany(result => result.Explained.SelectMany(cause => Enumerable.Repeat(cause.Key, cause.Value))))}");
        bench.Progress($"right refusals: {Counts(results.Select(result => result.Refusal?.Split(" (")[0]).OfType<string>())}");
        return [.. Figures(results)];
    }

    private static async Task<Func<int, TimeSpan, Task<ICampaignNodes>>> InContainersAsync(string image, CancellationToken cancellationToken)
    {
        var (engine, reason) = await Engine.FindAsync(image, cancellationToken);
        return engine is null
            ? throw new BenchException($"Expected a container engine for --containers, found none: {reason}.")
            : (count, nodeTimeout) => ContainerNodes.StartAsync(engine, image, count, nodeTimeout, cancellationToken);
    }

    private static IEnumerable<Figure> Figures(List<SequenceResult> results)
    {
        Figure Of(string name, string unit, double value) => new(name, unit, Samples.Of([value]));
        Figure None(string name, params FailureKind[] kinds) =>
            Of(name, "sequences", results.Count(result => result.Failures.Any(failure => kinds.Contains(failure.Kind)))) with { Target = Target.AtMost(0, Judged.EveryRound) };

        yield return Of("sequences", "sequences", results.Count);
        yield return Of("steps", "steps", results.Sum(result => result.Sequence.Steps.Length));
        yield return Of("acknowledged writes", "writes", results.Sum(result => result.Acknowledged));
        yield return Of("acknowledged writes lost, each for a known cause", "writes", results.Sum(result => result.Explained.Values.Sum()));
        yield return Of("right refusals", "sequences", results.Count(result => result.Refusal is not null));
        yield return Of("longest convergence", "s", results.Max(result => result.Convergence.TotalSeconds));
        yield return None("hangs", FailureKind.Hang);
        yield return None("refusals of a state that Redis reaches by itself", FailureKind.WrongRefusal);
        yield return None("not ready at the end", FailureKind.NotReady, FailureKind.StepFailed);
        yield return None("redis-cli does not agree", FailureKind.CheckDisagrees);
        yield return None("unexplained losses", FailureKind.UnexplainedLoss);
        yield return None("wrong reads", FailureKind.WrongRead);
    }

    private static string Line(SequenceResult result) => string.Create(CultureInfo.InvariantCulture,
        $"{result.Sequence.Seed}: {result.Sequence.Shards} x {result.Sequence.Replicas}: {string.Join(", ", result.Sequence.Steps)}: {result.Acknowledged} writes, {result.Explained.Values.Sum()} lost, {Outcome(result)}");

    private static string Outcome(SequenceResult result) => result switch
    {
        { Failures: [var failure, ..] } => $"FAILED {failure.Kind}",
        { Refusal: { } refusal } => $"refused: {refusal}",
        _ => string.Create(CultureInfo.InvariantCulture, $"ready after {result.Convergence.TotalSeconds:0.0} s"),
    };

    private static string Counts(IEnumerable<string> words) =>
        string.Join(", ", words.GroupBy(word => word).OrderByDescending(group => group.Count()).Select(group => $"{group.Key} {group.Count()}")) is { Length: > 0 } counts ? counts : "none";

    private static async Task<string> WriteAsync(SequenceResult result, SequenceResult shrunk, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "bench", "campaign")).FullName;
        var path = Path.Combine(folder, $"{result.Sequence.Seed}.txt");
        await File.WriteAllTextAsync(path, $"{shrunk.Sequence}", cancellationToken);
        await File.WriteAllTextAsync(Path.ChangeExtension(path, ".log"), $"{result.Sequence}\n{result.Story}\n\n==== shrunk\n{shrunk.Sequence}\n{shrunk.Story}\n", cancellationToken);
        return path;
    }
}
