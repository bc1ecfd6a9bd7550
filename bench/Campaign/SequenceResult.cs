using System.Collections.Immutable;

namespace Bench.Campaign;

/// <summary>How a sequence failed.</summary>
internal enum FailureKind
{
    /// <summary>A step, or a run of the initializer, took longer than it may.</summary>
    Hang,

    /// <summary>The initializer refused a state that Redis reaches by itself.</summary>
    WrongRefusal,

    /// <summary>The initializer gave up, though every node was there and had room.</summary>
    NotReady,

    /// <summary>redis-cli does not agree that the cluster is good.</summary>
    CheckDisagrees,
    UnexplainedLoss,
    WrongRead,

    /// <summary>A step could not be done: the campaign itself, or a node that does not start.</summary>
    StepFailed,
}

internal sealed record Failure(FailureKind Kind, string Text);

/// <summary>What came of one sequence.</summary>
internal sealed record SequenceResult(Sequence Sequence)
{
    public ImmutableArray<Failure> Failures { get; init; } = [];

    public int Acknowledged { get; init; }

    /// <summary>Lost writes by the kind of their cause.</summary>
    public ImmutableDictionary<string, int> Explained { get; init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>Why a refusal that ended the sequence was right, and its words; null when there was none.</summary>
    public string? Refusal { get; init; }

    /// <summary>The longest run of the initializer that ended ready.</summary>
    public TimeSpan Convergence { get; init; }

    /// <summary>What happened, for who looks into a failure.</summary>
    public string Story { get; init; } = "";

    public bool FailsAs(SequenceResult other) => Failures.Any(failure => other.Failures.Any(known => known.Kind == failure.Kind));
}
