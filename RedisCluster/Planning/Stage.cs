using System.Collections.Immutable;

namespace RedisCluster.Planning;

/// <summary>What one rule of the planner has to say: steps, waits, or nothing, in which case the next rule is asked.</summary>
internal sealed record Stage(ImmutableArray<PlanStep> Steps, ImmutableArray<string> Waits)
{
    public static Stage Nothing { get; } = new([], []);

    public bool IsNothing => Steps.IsEmpty && Waits.IsEmpty;

    public static Stage Of(string purpose, params IEnumerable<ClusterAction> actions) =>
        actions.ToImmutableArray() is [_, ..] some ? new([new PlanStep(purpose, some)], []) : Nothing;

    public static Stage WaitFor(params IEnumerable<string> waits) => new([], [.. waits]);

    /// <summary>The steps of the next rule follow the steps of this one, in the same pass.</summary>
    public Stage Then(Stage next) => new(Steps.AddRange(next.Steps), Waits.AddRange(next.Waits));
}
