using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Bench.Nodes;
using RedisCluster.Topology;
using RedisCluster.Wire;
using Support;

namespace Bench.Campaign;

/// <summary>Plays one sequence on nodes of its own, and judges what is left.</summary>
internal sealed class SequenceRun : IAsyncDisposable
{
    public static readonly TimeSpan NodeTimeout = TimeSpan.FromSeconds(1);

    private const int WritesBeforeFaults = 150;
    private static readonly TimeSpan StepLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RunLimit = TimeSpan.FromSeconds(150);
    private static readonly TimeSpan CheckLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan VerifyLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Lateness = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan CalmAfter = TimeSpan.FromMilliseconds(300);
    private static readonly (TimeSpan Start, TimeSpan Deadline) Patient = (TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));
    private static readonly (TimeSpan Start, TimeSpan Deadline) Impatient = (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10));

    private readonly Sequence _sequence;
    private readonly ICampaignNodes _nodes;
    private readonly Workload _workload;
    private readonly Faults _faults;
    private readonly List<Census> _censuses = [];
    private readonly List<Failure> _failures = [];
    private readonly List<long> _ready = [];
    private readonly StringBuilder _story = new();
    private readonly long _begun = Stopwatch.GetTimestamp();
    private (int Shards, int Replicas) _wanted;
    private int _listed;
    private int _copies;
    private TimeSpan _convergence;
    private string? _refusal;

    private SequenceRun(Sequence sequence, ICampaignNodes nodes)
    {
        (_sequence, _nodes) = (sequence, nodes);
        _wanted = (sequence.Shards, sequence.Replicas);
        _listed = _wanted.Shards * (1 + _wanted.Replicas);
        _copies = 1 + _wanted.Replicas;
        _faults = new Faults(nodes, TakeCensusAsync, Say);
        _workload = new Workload([.. nodes.All.Select(node => node.Announced)]);
    }

    public static async Task<SequenceResult> PlayAsync(Sequence sequence, Func<int, TimeSpan, Task<ICampaignNodes>> startNodes, CancellationToken cancellationToken)
    {
        await using var nodes = await startNodes(sequence.NodeCount, NodeTimeout);
        await using var run = new SequenceRun(sequence, nodes);
        ImmutableDictionary<string, int> explained = ImmutableDictionary<string, int>.Empty;
        try
        {
            await run.BeginAsync(cancellationToken);
            foreach (var step in sequence.Steps)
            {
                run.Say($"> {step}");
                await run.StepAsync(step, cancellationToken).WaitAsync(StepLimit + RunLimit, cancellationToken);
                await run.KeepAsync();
            }

            await run.EndAsync(cancellationToken);
            explained = await run.JudgeAsync();
        }
        catch (SequenceFailedException failed)
        {
            run.Fail(failed.Kind, failed.Message);
        }
        catch (TimeoutException)
        {
            run.Fail(FailureKind.Hang, $"A step did not end within {(StepLimit + RunLimit).TotalSeconds:0} s.");
        }
        catch (Exception exception) when (exception is BenchException or ExpectationException or NodeException)
        {
            run.Fail(FailureKind.StepFailed, exception.Message);
        }

        return await run.ResultAsync(explained);
    }

    public ValueTask DisposeAsync() => _workload.DisposeAsync();

    // Formed, written to, and every replica has what was written. On a busy machine a primary may be replaced even now: what it had alone is not counted on.
    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        await ConvergeAsync(whileRunning: null, cancellationToken);
        await Until($"replicas have {WritesBeforeFaults} writes", async () => _workload.Keep(Copied(await Census.TakeAsync(_nodes.All))) >= WritesBeforeFaults, StepLimit);
    }

    // Where all run and are connected nobody can come back who has less; elsewhere what was kept before is still there.
    private async Task KeepAsync()
    {
        if (_faults.AreAllOver)
        {
            _workload.Keep(Copied(await TakeCensusAsync()));
        }
    }

    // By every node that its shard ever had: whoever serves it later has it from one of them.
    private Write[] Copied(Census census) => [.. _workload.Acknowledged.Where(write => census.With(write).Count() == _copies)];

    private async Task StepAsync(Step step, CancellationToken cancellationToken)
    {
        switch (step.Verb)
        {
            case Verb.Scale:
                _wanted = (step.Numbers[0], step.Numbers[1]);
                _listed = Math.Max(_listed, _wanted.Shards * (1 + _wanted.Replicas));
                _copies = Math.Max(_copies, 1 + _wanted.Replicas);
                break;
            case Verb.Run when _faults.AreAllOver:
                await ConvergeAsync(whileRunning: null, cancellationToken);
                break;
            case Verb.Run:
                await TryAsync(RunLimit, cancellationToken);
                break;
            case Verb.RunKilled:
                await TryAsync(TimeSpan.FromMilliseconds(step.Number), cancellationToken);
                break;
            case Verb.Wait:
                await Task.Delay(step.Number, cancellationToken);
                break;
            default:
                await _faults.HappenAsync(step).WaitAsync(StepLimit, cancellationToken);
                break;
        }
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        await _faults.EndAsync().WaitAsync(StepLimit, cancellationToken);
        await ConvergeAsync(_faults.StartLateAsync, cancellationToken);
        await Task.Delay(CalmAfter, cancellationToken);
    }

    /// <summary>A run that has to end ready, or to refuse rightly.</summary>
    private async Task ConvergeAsync(Func<Task>? whileRunning, CancellationToken cancellationToken)
    {
        await TakeCensusAsync();
        var running = InitializerProgram.TryAsync(Wanted, Patient.Start, Patient.Deadline, RunLimit, cancellationToken);
        if (whileRunning is not null)
        {
            await Task.Delay(Lateness, cancellationToken);
            await whileRunning();
        }

        var run = await running;
        Say(run.Output);
        switch (run.ExitCode)
        {
            case null:
                throw new SequenceFailedException(FailureKind.Hang, $"The initializer did not end within {RunLimit.TotalSeconds:0} s.");
            case 0:
                _ready.Add(Stopwatch.GetTimestamp());
                _convergence = _convergence > run.Elapsed ? _convergence : run.Elapsed;
                await CheckAsync();
                return;
            case not null when RightRefusals.In(run.Output) is { } refusal:
                _refusal = RightRefusals.Reason(refusal, _faults.Destructions) is { } reason ? $"{reason} ({refusal})" : null;
                throw new SequenceFailedException(FailureKind.WrongRefusal, refusal);
            default:
                throw new SequenceFailedException(FailureKind.NotReady, LastLine(run.Output));
        }
    }

    /// <summary>A run amid faults, or one that is killed: it may end as it likes, but it ends, and says why.</summary>
    private async Task TryAsync(TimeSpan killAfter, CancellationToken cancellationToken)
    {
        await TakeCensusAsync();
        var run = await InitializerProgram.TryAsync(Wanted, Impatient.Start, Impatient.Deadline, killAfter, cancellationToken);
        Say(run.Output);
        if (run.ExitCode is null && killAfter == RunLimit)
        {
            throw new SequenceFailedException(FailureKind.Hang, $"The initializer did not end within {RunLimit.TotalSeconds:0} s.");
        }

        if (RightRefusals.In(run.Output) is { } refusal && RightRefusals.Reason(refusal, _faults.Destructions) is null)
        {
            throw new SequenceFailedException(FailureKind.WrongRefusal, refusal);
        }

        if (run.ExitCode is not (null or 0) && !run.Output.Contains("Not ready after", StringComparison.Ordinal) && RightRefusals.In(run.Output) is null)
        {
            throw new SequenceFailedException(FailureKind.NotReady, $"It ended with {run.ExitCode} and gave no reason: {LastLine(run.Output)}");
        }
    }

    private WantedCluster Wanted => new(_wanted.Shards, _wanted.Replicas, [.. _nodes.All.Take(_listed).Select(node => node.Announced)], NodeTimeout);

    private async Task<Census> TakeCensusAsync()
    {
        var census = await Census.TakeAsync(_nodes.All);
        _censuses.Add(census);
        return census;
    }

    private async Task CheckAsync()
    {
        var said = "";
        await Until("redis-cli --cluster check agrees", async () => (said = await RedisCliCheck.ComplaintAsync(_nodes.All[0].Announced)).Length == 0, CheckLimit, FailureKind.CheckDisagrees, () => said);
    }

    private async Task<ImmutableDictionary<string, int>> JudgeAsync()
    {
        await _workload.StopAsync();
        var (lost, wrong) = await _workload.VerifyAsync(VerifyLimit);
        await TakeCensusAsync();
        var losses = new Losses(await Task.WhenAll(_nodes.All.Select(node => node.LogAsync())), _censuses, _faults.Destructions, _faults.TakeOvers, _ready, index => _nodes.All[index].Announced.ToString());
        var explained = lost.Select(write => (Write: write, Cause: losses.Explain(write))).ToArray();
        foreach (var kind in explained.Where(loss => loss.Cause is not null).GroupBy(loss => loss.Cause!.Value.Kind))
        {
            Say($"lost {kind.Count()}: {kind.Key}: {kind.First().Write.Key}, {kind.First().Cause!.Value.Fact}");
        }

        if (explained.Where(loss => loss.Cause is null).Select(loss => loss.Write).ToArray() is [var first, ..] unexplained)
        {
            Fail(FailureKind.UnexplainedLoss, $"{unexplained.Length} acknowledged writes are lost, like {first} of {Seconds(first.At)} s; seen on {Sightings(first)}");
        }

        if (wrong.Count > 0)
        {
            Fail(FailureKind.WrongRead, $"{wrong.Count} keys have a wrong value: {wrong[0]}");
        }

        if (_workload.WrongReads.Where(read => !losses.Explains(read, lost)).ToArray() is [var read, ..] reads)
        {
            Fail(FailureKind.WrongRead, $"{reads.Length} wrong reads, like at {Seconds(read.At)} s from {_nodes.All[read.Node].Announced}: {read.Text}");
        }

        return explained.Where(loss => loss.Cause is not null).GroupBy(loss => loss.Cause!.Value.Kind).ToImmutableDictionary(kind => kind.Key, kind => kind.Count());
    }

    private string Sightings(Write write) => string.Join("; ", _censuses.Select(census =>
        $"{Seconds(census.At)} s: {string.Join(' ', census.With(write).Select(holding => $"{_nodes.All[holding.Node].Announced}{(holding.IsPrimary ? "" : " (replica)")}"))}"));

    private async Task<SequenceResult> ResultAsync(ImmutableDictionary<string, int> explained)
    {
        await _workload.StopAsync();
        if (_refusal is not null)
        {
            _failures.RemoveAll(failure => failure.Kind is FailureKind.WrongRefusal);
        }

        if (_failures.Count > 0)
        {
            _story.AppendJoin('\n', await Task.WhenAll(_nodes.All.Select(async node => $"--- {node.Announced}\n{await _faults.LastWordsAsync(node)}")));
        }

        return new SequenceResult(_sequence)
        {
            Failures = [.. _failures], Acknowledged = _workload.Acknowledged.Count, Explained = explained, Refusal = _refusal, Convergence = _convergence, Story = _story.ToString(),
        };
    }

    private void Fail(FailureKind kind, string text)
    {
        Say($"FAILED {kind}: {text}");
        _failures.Add(new Failure(kind, text));
    }

    private void Say(string text)
    {
        lock (_story)
        {
            _story.Append(CultureInfo.InvariantCulture, $"[{Seconds(Stopwatch.GetTimestamp())}] {text.TrimEnd()}\n");
        }
    }

    private string Seconds(long at) => Stopwatch.GetElapsedTime(_begun, at).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);

    private static string LastLine(string output) => output.TrimEnd().Split('\n')[^1];

    private static async Task Until(string expectation, Func<Task<bool>> condition, TimeSpan within, FailureKind kind = FailureKind.StepFailed, Func<string>? found = null)
    {
        try
        {
            await Eventually.HoldsAsync(expectation, _ => condition(), within, found, TimeSpan.FromMilliseconds(50));
        }
        catch (ExpectationException exception)
        {
            throw new SequenceFailedException(kind, exception.Message);
        }
    }
}

/// <summary>A sequence cannot go on.</summary>
internal sealed class SequenceFailedException(FailureKind kind, string message) : Exception(message)
{
    public FailureKind Kind { get; } = kind;
}
