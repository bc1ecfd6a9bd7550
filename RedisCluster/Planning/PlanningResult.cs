using System.Collections.Immutable;
using RedisCluster.Topology;

namespace RedisCluster.Planning;

/// <summary>What follows from an observation: a <see cref="Plan"/> or a <see cref="Refusal"/>.</summary>
internal abstract record PlanningResult;

/// <summary>Actions that may run side by side, and why they are taken.</summary>
internal sealed record PlanStep(string Purpose, ImmutableArray<ClusterAction> Actions)
{
    public override string ToString() =>
        $"{Purpose}:\n  {string.Join("\n  ", Actions.GroupBy(action => action.Node).Select(node => $"{node.Key} {string.Join(", ", node.Select(action => action.Notation))}"))}";
}

/// <summary>
/// Steps to take one after the other, and what else only needs time. Without steps but with waits: observe again soon.
/// Without both: done, and <see cref="Invariants.Check"/> finds nothing.
/// </summary>
internal sealed record Plan(ImmutableArray<PlanStep> Steps, ImmutableArray<string> Waits) : PlanningResult
{
    public static Plan Nothing { get; } = new([], []);

    public bool IsDone => Steps.IsEmpty && Waits.IsEmpty;

    public IEnumerable<ClusterAction> Actions => Steps.SelectMany(step => step.Actions);

    public override string ToString() =>
        IsDone ? "nothing to do" : string.Join('\n', Steps.Select(step => step.ToString()).Concat(Waits.Select(wait => $"wait for {wait}")));
}

/// <summary>Nothing is changed, because anything might lose data or is not ours to change.</summary>
/// <param name="Where">The node it is about; null when it is about all.</param>
/// <param name="Expected">What would have to be true.</param>
/// <param name="Found">What is.</param>
/// <param name="Remedy">What to do about it.</param>
internal sealed record Refusal(NodeAddress? Where, string Expected, string Found, string Remedy) : PlanningResult
{
    /// <summary>How long it has to stay true before it is believed. Right after a failover two nodes claim the same slots, until gossip has gone round.</summary>
    public TimeSpan BelievedAfter { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Whether it is the same refusal, though traffic may have changed the keys and slots that were found.</summary>
    public bool IsAbout(Refusal? other) => (Where, Remedy) == (other?.Where, other?.Remedy);

    public override string ToString() => $"refused: {(Where is null ? "" : $"{Where}: ")}expected {Expected}, found {Found}; {Remedy}";
}
