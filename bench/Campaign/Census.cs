using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using RedisCluster.Topology;
using RedisCluster.Wire;
using Support;

namespace Bench.Campaign;

/// <summary>Which writes a node has, whoever owns their slots, and where its replication is.</summary>
internal sealed record Holding(int Node, bool IsPrimary, string ReplicationId, long Offset, HashSet<int> Writes, HashSet<string> Tags);

/// <summary>What the nodes that answer have at one moment.</summary>
internal sealed record Census(long At, ImmutableArray<Holding> Holdings)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    public static async Task<Census> TakeAsync(IReadOnlyList<ICampaignNode> nodes)
    {
        var at = Stopwatch.GetTimestamp();
        var found = await Task.WhenAll(nodes.Select((node, index) => node.IsRunning ? HoldingAsync(node.Announced, index) : Task.FromResult<Holding?>(null)));
        return new Census(at, [.. found.OfType<Holding>()]);
    }

    public IEnumerable<Holding> With(Write write) => Holdings.Where(holding => holding.Writes.Contains(write.Number));

    private static async Task<Holding?> HoldingAsync(NodeAddress node, int index)
    {
        try
        {
            await using var connection = await NodeConnection.OpenAsync(node, user: null, RedisNodes.Password, TimeSpan.Zero, CancellationToken.None, AnswerTimeout);
            var keys = connection.SendAsync(["KEYS", "*:w:*"], CancellationToken.None);
            var info = new InfoReply((await connection.SendAsync(["INFO", "replication"], CancellationToken.None)).Text);
            var writes = (await keys).Items.Select(key => Workload.Parse(key.Text)).ToArray();
            return new Holding(index, info["role"] == "master", info["master_replid"] ?? "", info.Number("master_repl_offset"), [.. writes.Select(write => write.Number)], [.. writes.Select(write => write.Tag)]);
        }
        catch (NodeException)
        {
            return null; // It hangs, loads, or is gone.
        }
    }
}

/// <summary>A replica that became a primary, by its own log.</summary>
/// <param name="Node">Its index.</param>
/// <param name="History">The replication id of the history that it took over.</param>
/// <param name="Offset">How far it had it.</param>
/// <param name="NewHistory">The id of the one that it began.</param>
internal sealed partial record Promotion(int Node, string History, long Offset, string NewHistory)
{
    public static IEnumerable<Promotion> In(string log, int node) =>
        from Match line in Line.Matches(log)
        select new Promotion(node, line.Groups["old"].Value, long.Parse(line.Groups["offset"].ValueSpan, CultureInfo.InvariantCulture) - 1, line.Groups["new"].Value);

    // Setting secondary replication ID to 3e5c..., valid up to offset: 8423. New replication ID is 91fa...
    [GeneratedRegex(@"Setting secondary replication ID to (?<old>[0-9a-f]+), valid up to offset: (?<offset>\d+)\. New replication ID is (?<new>[0-9a-f]+)")]
    private static partial Regex Line { get; }
}
