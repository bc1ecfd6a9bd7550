using System.Collections.Frozen;
using System.Reflection;
using StackExchange.Redis;

namespace RedisCluster.Client;

/// <summary>
/// Which calls are repeated when their answer is lost: those with the same effect and the same answer when they are applied twice. The driver sorts commands by their
/// effect alone, and calls <c>DEL</c> and <c>SET NX</c> safe, whose second answer is another one.
/// </summary>
internal static class RepeatableCalls
{
    /// <summary>A call with more bytes of values is not sent again: that the first one took too long may be the reason why there is no answer.</summary>
    internal const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>Commands that only read, and never wait for anything. What reads one page after the other is not here: a cursor belongs to its node.</summary>
    internal static readonly FrozenSet<string> Reads = FrozenSet.ToFrozenSet(
        """
        BITCOUNT BITFIELD_RO BITPOS DUMP EVALSHA_RO EVAL_RO EXISTS EXPIRETIME FCALL_RO GEODIST GEOHASH GEOPOS GEORADIUSBYMEMBER_RO GEORADIUS_RO GEOSEARCH GET GETBIT GETRANGE HEXISTS
        HEXPIRETIME HGET HGETALL HKEYS HLEN HMGET HPEXPIRETIME HPTTL HRANDFIELD HSTRLEN HTTL HVALS LCS LINDEX LLEN LPOS LRANGE MGET PEXPIRETIME PFCOUNT PTTL SCARD SDIFF SINTER
        SINTERCARD SISMEMBER SMEMBERS SMISMEMBER SORT_RO SRANDMEMBER STRLEN SUBSTR SUNION TOUCH TTL TYPE VCARD VDIM VEMB VGETATTR VINFO VISMEMBER VLINKS VRANDMEMBER VSIM XLEN
        XPENDING XRANGE XREVRANGE ZCARD ZCOUNT ZDIFF ZINTER ZINTERCARD ZLEXCOUNT ZMSCORE ZRANDMEMBER ZRANGE ZRANGEBYLEX ZRANGEBYSCORE ZRANK ZREVRANGE ZREVRANGEBYLEX
        ZREVRANGEBYSCORE ZREVRANK ZSCORE ZUNION
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Commands that write, and by which method: without a condition, and where they answer nothing that depends on what was there.</summary>
    internal static readonly IReadOnlyList<(string Command, string Method, string Only)> Writes =
    [
        ("SET", nameof(IDatabaseAsync.StringSetAsync), "a value, without a condition"),
        ("MSET", nameof(IDatabaseAsync.StringSetAsync), "several values, without a condition"),
        ("HSET", nameof(IDatabaseAsync.HashSetAsync), "`HashEntry[]`, which has no answer"),
        ("SETRANGE", nameof(IDatabaseAsync.StringSetRangeAsync), ""),
    ];

    // Applied twice they do more than once, whatever the driver says: a rank or an index is another element then, a source may be the target, a delivery counts.
    private static readonly FrozenSet<string> NotEvenByEffect = FrozenSet.ToFrozenSet(
    [
        nameof(IDatabaseAsync.ListTrimAsync), nameof(IDatabaseAsync.SortedSetRemoveRangeByRankAsync), nameof(IDatabaseAsync.SetCombineAndStoreAsync),
        nameof(IDatabaseAsync.SortedSetCombineAndStoreAsync), nameof(IDatabaseAsync.StringBitOperationAsync), nameof(IDatabaseAsync.StreamReadGroupAsync),
        nameof(IDatabaseAsync.StreamClaimAsync), nameof(IDatabaseAsync.StreamClaimIdsOnlyAsync), nameof(IDatabaseAsync.StreamAutoClaimAsync), nameof(IDatabaseAsync.StreamAutoClaimIdsOnlyAsync),
    ]);

    /// <summary>The driver's category for a call: <c>Always</c> and below is repeated; <c>Accumulating</c> only when it surely was not applied; <c>None</c> leaves it to the driver.</summary>
    internal static CommandFlags CategoryOf(MethodInfo method, object?[] arguments) => method.Name switch
    {
        _ when IsBig(arguments) => CommandFlags.CommandRetryWriteAccumulating,
        nameof(IDatabaseAsync.ExecuteAsync) or nameof(IDatabaseAsync.ExecuteRespAsync) => Reads.Contains((string)arguments[0]!) ? CommandFlags.CommandRetryReadOnly : CommandFlags.CommandRetryWriteAccumulating,
        // Null removes the key, and says whether there was one.
        nameof(IDatabaseAsync.StringSetAsync) when !Array.Exists(arguments, IsCondition) && arguments[1] is not RedisValue { IsNull: true } => CommandFlags.CommandRetryAlways,
        nameof(IDatabaseAsync.HashSetAsync) when arguments[1] is HashEntry[] => CommandFlags.CommandRetryAlways,
        nameof(IDatabaseAsync.StringSetRangeAsync) => CommandFlags.CommandRetryAlways,
        var name when NotEvenByEffect.Contains(name) => CommandFlags.CommandRetryWriteAccumulating,
        _ => CommandFlags.None,
    };

    private static bool IsCondition(object? argument) => argument is When and not When.Always || (argument is ValueCondition condition && !condition.Equals(ValueCondition.Always));

    private static bool IsBig(object?[] arguments)
    {
        // No LINQ here: it would box an enumerator for every call.
        var bytes = 0L;
        foreach (var argument in arguments)
        {
            bytes += Bytes(argument);
        }

        return bytes > MaxBytes;
    }

    private static long Bytes(object? argument) => argument switch
    {
        RedisValue value => value.Length(),
        RedisValue[] values => values.Sum(value => value.Length()),
        ReadOnlyMemory<RedisValue> values => values.ToArray().Sum(value => value.Length()),
        HashEntry[] entries => entries.Sum(entry => entry.Value.Length()),
        NameValueEntry[] entries => entries.Sum(entry => entry.Value.Length()),
        SortedSetEntry[] entries => entries.Sum(entry => entry.Element.Length()),
        KeyValuePair<RedisKey, RedisValue>[] pairs => pairs.Sum(pair => pair.Value.Length()),
        _ => 0,
    };
}
