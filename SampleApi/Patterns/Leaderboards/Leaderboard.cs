using System.Text.Json.Serialization;
using StackExchange.Redis;

namespace SampleApi.Patterns.Leaderboards;

/// <summary>A sorted set per board. Equal scores are ordered by the player's name, backwards, as the server orders them.</summary>
internal sealed class Leaderboard(IDatabaseAsync redis)
{
    private const string SubmitScript = """
        redis.call('ZADD', KEYS[1], 'GT', ARGV[2], ARGV[1])
        return { redis.call('ZREVRANK', KEYS[1], ARGV[1]), redis.call('ZSCORE', KEYS[1], ARGV[1]) }
        """;

    // Rank and neighbours at one moment: between two commands another player may pass.
    private const string AroundScript = """
        local rank = redis.call('ZREVRANK', KEYS[1], ARGV[1])
        if not rank then return false end
        local first = math.max(0, rank - ARGV[2])
        return { first, redis.call('ZRANGE', KEYS[1], first, rank + ARGV[2], 'REV', 'WITHSCORES') }
        """;

    /// <summary>The hash tag is all of the name, so that what belongs to the board can be in its slot.</summary>
    internal static RedisKey Key(string board) => $"{{leaderboard:{board}}}";

    /// <summary>Takes the score unless the player has a better one. The same submission twice changes nothing, so it may be repeated during a failover.</summary>
    internal async Task<Standing> SubmitAsync(string board, string player, double score)
    {
        var reply = await redis.ScriptEvaluateAsync(SubmitScript, [Key(board)], [player, score], CommandFlags.CommandRetryAlways);
        return new Standing((long)reply[0] + 1, player, (double)reply[1]);
    }

    internal async Task<IReadOnlyList<Standing>> TopAsync(string board, int count)
    {
        var entries = await redis.SortedSetRangeByRankWithScoresAsync(Key(board), 0, count - 1, Order.Descending);
        return [.. entries.Select((entry, index) => new Standing(index + 1, entry.Element.ToString(), entry.Score))];
    }

    /// <summary>The player with as many neighbours on either side; null when the player is not on the board.</summary>
    internal async Task<IReadOnlyList<Standing>?> AroundAsync(string board, string player, int neighbours)
    {
        var reply = await redis.ScriptEvaluateReadOnlyAsync(AroundScript, [Key(board)], [player, neighbours]);
        if (reply.IsNull)
        {
            return null;
        }

        var first = (int)reply[0];
        var entries = (RedisValue[])reply[1]!;
        return [.. entries.Chunk(2).Select((entry, index) => new Standing(first + index + 1, entry[0].ToString(), (double)entry[1]))];
    }
}

/// <param name="Rank">From 1, the best.</param>
/// <param name="Player">Name.</param>
/// <param name="Score">The best one that was submitted. Written by others, it may be infinite.</param>
internal sealed record Standing(long Rank, string Player, [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] double Score);
