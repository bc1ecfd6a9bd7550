using System.Diagnostics;
using Bench.Load;
using Bench.Nodes;
using RedisCluster.Topology;
using StackExchange.Redis;
using Support;

namespace Bench.Parts;

/// <summary>One failover after another on the same cluster under the same load, a different shard each time.</summary>
internal sealed class Failovers : IAsyncDisposable
{
    public const string Promotion = "promotion";
    public const string Gap = "gap";
    public const string Failed = "failed";
    public const string FailedOnce = "failed once";
    public const string Longest = "longest";
    public const string LongestOnce = "longest once";
    public const string Lost = "lost";
    public const string Acknowledged = "acknowledged";

    private static readonly TimeSpan CalmBefore = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CalmAfter = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly BenchCluster _cluster;
    private readonly ClientApplication _application;
    private readonly IReadOnlyList<ShardLoad> _shards;
    private int _count;

    private Failovers(BenchCluster cluster, ClientApplication application, IReadOnlyList<ShardLoad> shards)
    {
        _cluster = cluster;
        _application = application;
        _shards = shards;
    }

    public static async Task<Failovers> StartAsync(BenchCluster cluster, ClientApplication application, CancellationToken cancellationToken)
    {
        var owners = (await cluster.ObserveAsync(cancellationToken)).Nodes.Where(node => !node.Slots.IsEmpty);
        return new Failovers(cluster, application, [.. owners.Select((owner, number) => new ShardLoad(application, owner.Slots, number))]);
    }

    public async Task<IReadOnlyDictionary<string, double>> MeasureAsync(Fault fault, CancellationToken cancellationToken)
    {
        await _cluster.UntilReadyAsync(cancellationToken);
        var struck = _shards[_count++ % _shards.Count];
        var (primary, replica) = await NodesOfAsync(struck.Slots, cancellationToken);
        await Task.Delay(CalmBefore, cancellationToken);
        Array.ForEach([.. _shards], shard => shard.Take());

        var begun = Stopwatch.GetTimestamp();
        await fault.StrikeAsync(primary, replica);
        await UntilAsync($"{replica.EndPoint} is primary", async () => (await replica.AskTextAsync("INFO", "replication")).Contains("role:master", StringComparison.Ordinal), cancellationToken);
        var promoted = Stopwatch.GetTimestamp();
        await UntilAsync("a call to the shard succeeds again", () => Task.FromResult(struck.LastSuccess > promoted), cancellationToken);
        await Task.Delay(CalmAfter, cancellationToken);
        await fault.EndAsync(primary);
        await _cluster.UntilReadyAsync(cancellationToken);
        await Task.Delay(CalmAfter, cancellationToken);

        var calls = _shards.Select(shard => (Shard: shard, Calls: shard.Take())).ToList();
        var (onStruck, _) = calls.Single(shard => shard.Shard == struck).Calls;
        List<RedisKey> acknowledged = [.. calls.SelectMany(shard => shard.Calls.Retrying.Acknowledged.Concat(shard.Calls.Once.Acknowledged))];
        return new Dictionary<string, double>
        {
            [Promotion] = Stopwatch.GetElapsedTime(begun, promoted).TotalSeconds,
            [Gap] = onStruck.Gap.TotalSeconds,
            [Failed] = calls.Sum(shard => shard.Calls.Retrying.Errors.Count),
            [FailedOnce] = calls.Sum(shard => shard.Calls.Once.Errors.Count),
            [Longest] = calls.Max(shard => shard.Calls.Retrying.Longest).TotalSeconds,
            [LongestOnce] = calls.Max(shard => shard.Calls.Once.Longest).TotalSeconds,
            [Acknowledged] = acknowledged.Count,
            [Lost] = await AcknowledgedWrites.LostAsync(_application.Retrying, acknowledged),
        };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var shard in _shards)
        {
            await shard.DisposeAsync();
        }
    }

    private async Task<(RedisNode Primary, RedisNode Replica)> NodesOfAsync(SlotSet slots, CancellationToken cancellationToken)
    {
        var nodes = (await _cluster.ObserveAsync(cancellationToken)).Nodes;
        var primary = nodes.Single(node => node.IsPrimary && node.Slots.Equals(slots));
        var replica = nodes.Single(node => node.View.Myself.PrimaryId == primary.Id);
        RedisNode Of(NodeObservation observed) => _cluster.Nodes.All.Single(node => node.Port == observed.Announced.Port);
        return (Of(primary), Of(replica));
    }

    private static async Task UntilAsync(string expectation, Func<Task<bool>> condition, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                throw new BenchException($"Expected within {Patience.TotalSeconds} s: {expectation}.");
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }
}
