using RedisCluster.Topology;
using StackExchange.Redis;

namespace Bench.Load;

/// <summary>What one shard is asked while something happens to it: callers whose calls are repeated, and callers whose calls are made once.</summary>
internal sealed class ShardLoad(ClientApplication application, SlotSet slots, int number) : IAsyncDisposable
{
    private readonly AcknowledgedWrites _retrying = new(application.Retrying, TagOf(application.Connection, slots), $"retrying:{number}", callers: 4);
    private readonly AcknowledgedWrites _once = new(application.Once, TagOf(application.Connection, slots), $"once:{number}", callers: 2);

    public SlotSet Slots => slots;

    /// <summary>When a call that may be repeated last succeeded.</summary>
    public long LastSuccess => _retrying.LastSuccess;

    public (AcknowledgedWrites.Calls Retrying, AcknowledgedWrites.Calls Once) Take() => (_retrying.Take(), _once.Take());

    public async ValueTask DisposeAsync()
    {
        await _retrying.DisposeAsync();
        await _once.DisposeAsync();
    }

    private static string TagOf(IConnectionMultiplexer connection, SlotSet slots) =>
        Enumerable.Range(0, int.MaxValue).Select(i => $"tag{i}").First(tag => slots.Contains(connection.HashSlot(tag)));
}
