using System.Diagnostics;
using StackExchange.Redis;

namespace SampleApi.Patterns.Snapshots;

/// <summary>
/// Locks that one instance holds at a time, as well as a lock that expires can promise it: who is paused for longer than the lock lasts does not know that it was lost.
/// Whatever is protected must therefore refuse an older <see cref="ClusterLock.FencingToken"/>.
/// </summary>
internal sealed class ClusterLocks(IDatabase redis, ApiInstance instance)
{
    // Larger than all before, and by the clock also when a failover lost the last ones.
    private const string FenceScript = """
        local time = redis.call('TIME')
        local last = tonumber(redis.call('GET', KEYS[1])) or 0
        local token = math.max(time[1] * 1000000 + time[2], last < 2^53 and last + 1 or 0)
        redis.call('SET', KEYS[1], string.format('%.0f', token))
        return string.format('%.0f', token)
        """;

    /// <summary>Takes the lock if it is free.</summary>
    /// <param name="name">What is locked.</param>
    /// <param name="length">How long it outlives a holder that died. It is extended three times as often.</param>
    /// <returns>Null when another holds it.</returns>
    internal async Task<ClusterLock?> TryTakeAsync(string name, TimeSpan length)
    {
        var asked = Stopwatch.GetTimestamp();
        var holder = $"{instance.Name}:{Guid.NewGuid():N}";
        // Each command once: when an answer is lost nobody has the lock until it expires.
        if (!await redis.LockTakeAsync(Key(name), holder, length))
        {
            return null;
        }

        var token = (long)await redis.ScriptEvaluateAsync(FenceScript, [$"{{lock:{name}}}:fence"]);
        return new ClusterLock(redis, Key(name), holder, token, length, asked);
    }

    /// <summary>The instance that holds the lock; null when nobody does.</summary>
    internal async Task<string?> HolderAsync(string name) =>
        (await redis.LockQueryAsync(Key(name))).ToString() is { Length: > 0 } holder ? holder[..Math.Max(0, holder.LastIndexOf(':'))] : null;

    private static RedisKey Key(string name) => $"{{lock:{name}}}";
}
