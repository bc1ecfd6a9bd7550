namespace Bench.Campaign;

/// <summary>How a fault campaign goes.</summary>
/// <param name="Duration">How long new sequences begin.</param>
/// <param name="Seed">The first sequence's seed; the next ones count up.</param>
/// <param name="Replay">The one sequence to play instead; null for sequences by seed.</param>
/// <param name="InContainers">Nodes are containers, else processes.</param>
internal sealed record CampaignOptions(TimeSpan Duration, int Seed, FileInfo? Replay, bool InContainers);
