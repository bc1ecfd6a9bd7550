using RedisCluster.Topology;

namespace RedisCluster.Planning;

internal enum InvariantKind
{
    Answers,
    AllKnownAndHealthy,
    OnlyMembersKnown,
    SlotsServed,
    SameSlotOwners,
    SameEpochs,
    Replicated,
    SameRoles,
    ListedForClients,
}

/// <summary>A part of the readiness predicate that does not hold.</summary>
/// <param name="Kind">Which part.</param>
/// <param name="Where">The node in whose view it is broken; null when it is about all.</param>
/// <param name="Expected">What has to be true.</param>
/// <param name="Found">What is.</param>
internal sealed record BrokenInvariant(InvariantKind Kind, NodeAddress? Where, string Expected, string Found)
{
    /// <summary>The same as something to wait for.</summary>
    public string Wait => $"{Expected}{(Where is null ? "" : $" on {Where}")}, now {Found}";

    public override string ToString() => $"{(Where is null ? "" : $"{Where}: ")}expected {Expected}, found {Found}";
}
