using SampleApi.Patterns.Leaderboards;
using StackExchange.Redis;

namespace SampleApi.Patterns.Snapshots;

/// <summary>The state of a board at one moment, in the slot of the board: its hash tag is the board's whole key.</summary>
internal sealed class SnapshotStore(IDatabaseAsync redis)
{
    private const int Places = 100;
    private const long MaxUnixSeconds = 253_402_300_799; // the last second of year 9999

    // A holder that lost the lock without noticing comes with a smaller token than the one after it: too late, it may not overwrite.
    private const string TakeScript = """
        if tonumber(ARGV[1]) < (tonumber(redis.call('HGET', KEYS[3], 'token')) or 0) then return 0 end
        redis.call('ZRANGESTORE', KEYS[2], KEYS[1], 0, ARGV[3] - 1, 'REV')
        redis.call('HSET', KEYS[3], 'token', ARGV[1], 'by', ARGV[2], 'at', redis.call('TIME')[1])
        return 1
        """;

    private const string ReadScript = """
        return { redis.call('HMGET', KEYS[2], 'token', 'by', 'at'), redis.call('ZRANGE', KEYS[1], 0, -1, 'REV', 'WITHSCORES') }
        """;

    /// <returns>False when the token is older than that of the snapshot there is.</returns>
    internal async Task<bool> TakeAsync(string board, long fencingToken, string instance)
    {
        var key = Leaderboard.Key(board);
        return (bool)await redis.ScriptEvaluateAsync(TakeScript, [key, Standings(key), About(key)], [fencingToken, instance, Places], CommandFlags.CommandRetryAlways);
    }

    internal async Task<Snapshot?> FindAsync(string board)
    {
        var key = Leaderboard.Key(board);
        var reply = await redis.ScriptEvaluateReadOnlyAsync(ReadScript, [Standings(key), About(key)]);
        var about = (RedisValue[])reply[0]!;
        // What somebody else wrote there is no snapshot.
        return !about[0].TryParse(out long token) || !about[2].TryParse(out long at) || at is < 0 or > MaxUnixSeconds ? null : new Snapshot(
            DateTimeOffset.FromUnixTimeSeconds(at),
            about[1].ToString(),
            token,
            [.. ((RedisValue[])reply[1]!).Chunk(2).Select((entry, index) => new Standing(index + 1, entry[0].ToString(), (double)entry[1]))]);
    }

    private static RedisKey Standings(RedisKey board) => board.Append(":snapshot");

    private static RedisKey About(RedisKey board) => board.Append(":snapshot:about");
}

/// <param name="TakenAt">By the server's clock.</param>
/// <param name="TakenBy">The instance that held the lock.</param>
/// <param name="FencingToken">Of its lock.</param>
/// <param name="Standings">The best 100 then.</param>
internal sealed record Snapshot(DateTimeOffset TakenAt, string TakenBy, long FencingToken, IReadOnlyList<Standing> Standings);
