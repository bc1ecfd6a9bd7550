using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Bench.Campaign;

/// <summary>A node lost its data by a step, or its place in the cluster; also that it was started again without one.</summary>
/// <param name="Node">Its index.</param>
/// <param name="Loss">What it lost.</param>
/// <param name="At">When, in ticks of <see cref="Stopwatch"/>.</param>
/// <param name="History">The replication id with which it began anew.</param>
/// <param name="LogLength">How long its log was.</param>
internal sealed record Destruction(int Node, Loss Loss, long At, string History, int LogLength)
{
    public bool TookData => Loss.HasFlag(Loss.Data);
}

/// <summary>A replica that did not reach its primary was ordered to take over, whatever it had (CLUSTER FAILOVER TAKEOVER).</summary>
/// <param name="Node">Its index.</param>
/// <param name="At">When, in ticks of <see cref="Stopwatch"/>: right after a census.</param>
internal sealed record BlindTakeOver(int Node, long At);

/// <summary>Why acknowledged writes are gone: facts that were seen, each enough to lose the write without anybody's fault.</summary>
/// <param name="logs">The log of each node.</param>
/// <param name="censuses">What nodes had, in the order of time; one after each destruction, before the node runs again.</param>
/// <param name="destructions">What was taken from nodes.</param>
/// <param name="takeOvers">Which replicas took over blindly.</param>
/// <param name="ready">When runs of the initializer ended ready.</param>
/// <param name="nameOf">A node's name, by its index.</param>
internal sealed partial class Losses(
    IReadOnlyList<string> logs, IReadOnlyCollection<Census> censuses, IReadOnlyCollection<Destruction> destructions, IReadOnlyCollection<BlindTakeOver> takeOvers,
    IReadOnlyCollection<long> ready, Func<int, string> nameOf)
{
    private readonly Promotion[] _promotions = [.. logs.SelectMany(Promotion.In)];

    /// <summary>The kind of cause, and the fact; null when there is none.</summary>
    public (string Kind, string Fact)? Explain(Write write) => NotReplicated(write) ?? Destroyed(write) ?? OutsideCluster(write) ?? TakenOver(write);

    /// <summary>A read that found less than there had been: from a node that had lost its data and was not repaired yet, or of a slot with a key that is lost for a known cause.</summary>
    public bool Explains(WrongRead read, IEnumerable<Write> lost) => !read.WasNeverWritten
        && (destructions.Any(destruction => destruction.TookData && destruction.Node == read.Node && destruction.At < read.At && !ready.Any(at => at > destruction.At && at < read.At))
            || lost.Any(write => write.Tag == read.Tag && Explain(write) is not null));

    // Redis acknowledges before replicas have it. A write of an earlier history is in a later one when the promotion between them had it.
    private (string, string)? NotReplicated(Write write)
    {
        var histories = new Dictionary<string, long> { [write.ReplicationId] = write.Offset };
        foreach (var holding in censuses.SelectMany(census => census.With(write)).Where(holding => holding.IsPrimary))
        {
            histories[holding.ReplicationId] = Math.Min(holding.Offset, histories.GetValueOrDefault(holding.ReplicationId, long.MaxValue));
        }

        for (var promotion = _promotions.FirstOrDefault(Continues); promotion is not null; promotion = _promotions.FirstOrDefault(Continues))
        {
            histories[promotion.NewHistory] = promotion.Offset;
        }

        return _promotions.FirstOrDefault(promotion => histories.TryGetValue(promotion.History, out var offset) && promotion.Offset < offset) is { } cut
            ? ("not yet replicated", $"{nameOf(write.Node)} acknowledged it at offset {histories[cut.History]}; {nameOf(cut.Node)} took over with {cut.Offset}")
            : null;

        bool Continues(Promotion promotion) =>
            !histories.ContainsKey(promotion.NewHistory) && histories.TryGetValue(promotion.History, out var offset) && promotion.Offset >= offset;
    }

    // All that had it lost their data, or copied one that had: a replica does that by itself as soon as something answers where its primary was.
    private (string, string)? Destroyed(Write write)
    {
        var holders = censuses.LastOrDefault(census => census.With(write).Any()) is { } last
            ? (Nodes: last.With(write).Select(holding => holding.Node).ToImmutableArray(), last.At)
            : (Nodes: [write.Node], write.At);
        return holders.Nodes.All(node => IsEmptied(node, holders.At))
            ? ("all copies destroyed", $"all that had it lost their data: {string.Join(", ", holders.Nodes.Select(nameOf))}")
            : null;
    }

    private bool IsEmptied(int node, long since) => destructions.Any(destruction => destruction.TookData
        && (destruction.Node == node ? destruction.At >= since : HistoriesSince(destruction).Any(history => logs[node].Contains($"Full resync from master: {history}:", StringComparison.Ordinal))));

    // A server that gets its first replica begins a history: Replication backlog created, my new replication IDs are '31b0...' and '0000...'
    private IEnumerable<string> HistoriesSince(Destruction destruction) =>
        NewHistory.Matches(logs[destruction.Node][destruction.LogLength..]).Select(match => match.Groups["id"].Value);

    [GeneratedRegex("my new replication IDs are '(?<id>[0-9a-f]+)'")]
    private static partial Regex NewHistory { get; }

    // A node without nodes.conf serves the slots that it has keys in, and belongs to no cluster: the history that it then begins is nobody else's.
    private (string, string)? OutsideCluster(Write write) =>
        destructions.LastOrDefault(destruction => destruction is { Loss: Loss.Identity } && destruction.Node == write.Node && destruction.At < write.At && destruction.History == write.ReplicationId) is { } before
            ? ("acknowledged outside the cluster", $"{nameOf(write.Node)} had lost its nodes.conf {Stopwatch.GetElapsedTime(before.At, write.At).TotalSeconds:0.0} s before it acknowledged it")
            : null;

    // Both were started since they last spoke, so that nothing connects their histories. The old owner goes on acknowledging until it hears of it.
    private (string, string)? TakenOver(Write write) =>
        takeOvers.FirstOrDefault(takeOver => takeOver.Node != write.Node && !ready.Any(at => at > takeOver.At && at < write.At)
            && censuses.LastOrDefault(census => census.At <= takeOver.At)?.Holdings.FirstOrDefault(holding => holding.Node == takeOver.Node) is { } holding
            && holding.Tags.Contains(write.Tag) && !holding.Writes.Contains(write.Number)) is { } blind
            ? ("taken over blindly", $"{nameOf(blind.Node)} was ordered to take over from {nameOf(write.Node)}, which it did not reach, and did not have it")
            : null;
}
