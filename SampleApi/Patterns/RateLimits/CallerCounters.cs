using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace SampleApi.Patterns.RateLimits;

/// <summary>Counts the requests of a caller, whichever instance got them: one script decides and counts in one step, on keys of one slot.</summary>
internal sealed class CallerCounters(IDatabaseAsync redis, IOptionsMonitor<RateLimitOptions> options)
{
    // The burst counter remembers each request of the window by its id, so a request that is repeated after a failover counts once.
    // What else somebody wrote there counts as nothing, and a quota that never ends begins anew.
    // The clock is the server's: the instances' own may differ. Only an admitted request counts.
    private const string TakeScript = """
        local limit, window, quota, period = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
        local seen = redis.call('ZSCORE', KEYS[1], ARGV[1])
        local count = redis.call('ZCARD', KEYS[1])
        local stored = redis.call('GET', KEYS[2]) or '0'
        if #stored > 15 or not string.match(stored, '^%d+$') then
            redis.call('DEL', KEYS[2])
            stored = '0'
        end
        local used = tonumber(stored)
        local admitted = seen and 1 or 0
        if not seen and count < limit and used < quota then
            admitted = 1
            count = count + 1
            redis.call('ZADD', KEYS[1], now, ARGV[1])
            redis.call('PEXPIRE', KEYS[1], window)
            used = redis.call('INCR', KEYS[2])
            if redis.call('PTTL', KEYS[2]) < 0 then redis.call('PEXPIRE', KEYS[2], period) end
        end
        local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
        return { admitted, count, oldest and oldest + window - now or 0, used, math.max(0, redis.call('PTTL', KEYS[2])) }
        """;

    /// <summary>Takes one request of what the caller has left.</summary>
    /// <param name="caller">Who asks; part of both keys as their hash tag.</param>
    /// <param name="request">Unique for each request, and the same for a repetition of it.</param>
    internal async Task<Allowance> TakeAsync(string caller, Guid request)
    {
        var limits = options.CurrentValue;
        var (window, period) = (limits.WindowSeconds * 1000L, limits.QuotaSeconds * 1000L);
        RedisKey[] keys = [$"{{caller:{caller}}}:burst", $"{{caller:{caller}}}:quota"];
        RedisValue[] arguments = [request.ToString("N"), limits.Requests, window, limits.Quota, period];
        var reply = (long[])(await redis.ScriptEvaluateAsync(TakeScript, keys, arguments, CommandFlags.CommandRetryAlways))!;
        return new Allowance(
            IsAdmitted: reply[0] == 1,
            [
                new Policy("burst", limits.Requests, limits.WindowSeconds, Math.Max(0, limits.Requests - reply[1]), Seconds(reply[2])),
                new Policy("quota", limits.Quota, limits.QuotaSeconds, Math.Max(0, limits.Quota - reply[3]), Seconds(reply[4])),
            ]);
    }

    // Rounded up: a caller that waits as long as it was told finds the request free.
    private static long Seconds(long milliseconds) => (milliseconds + 999) / 1000;
}

/// <param name="IsAdmitted">Whether the request may go on; only then it was counted.</param>
/// <param name="Policies">What is left of each.</param>
internal sealed record Allowance(bool IsAdmitted, IReadOnlyList<Policy> Policies);

/// <param name="Name"><c>burst</c> or <c>quota</c>.</param>
/// <param name="Limit">Requests in a window.</param>
/// <param name="WindowSeconds">Its length.</param>
/// <param name="Remaining">Requests that are left now.</param>
/// <param name="ResetSeconds">Until there are more: a sliding window frees them one by one.</param>
internal sealed record Policy(string Name, long Limit, long WindowSeconds, long Remaining, long ResetSeconds);
