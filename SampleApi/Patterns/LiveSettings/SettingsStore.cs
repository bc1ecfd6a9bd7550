using StackExchange.Redis;

namespace SampleApi.Patterns.LiveSettings;

/// <summary>A hash of settings, and the number of its changes in the same slot: instances that look whether something changed read one small number.</summary>
internal sealed class SettingsStore(IDatabaseAsync redis)
{
    internal const string ChangedChannel = "{settings}:changed";

    private static readonly RedisKey Values = "{settings}";
    private static readonly RedisKey Version = "{settings}:version";

    // Counting a repeated change twice only means that it is read once more.
    private const CommandFlags Repeatable = CommandFlags.CommandRetryWriteLastWins;

    private const string SetScript = """
        redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
        return redis.call('INCR', KEYS[2])
        """;

    private const string RemoveScript = """
        redis.call('HDEL', KEYS[1], ARGV[1])
        return redis.call('INCR', KEYS[2])
        """;

    private const string ReadScript = """
        return { redis.call('GET', KEYS[2]) or '0', redis.call('HGETALL', KEYS[1]) }
        """;

    internal Task SetAsync(string name, string value) => redis.ScriptEvaluateAsync(SetScript, [Values, Version], [name, value], Repeatable);

    internal Task RemoveAsync(string name) => redis.ScriptEvaluateAsync(RemoveScript, [Values, Version], [name], Repeatable);

    internal async Task<long> VersionAsync() => (long)await redis.StringGetAsync(Version);

    /// <summary>All settings and the version that they have together.</summary>
    internal async Task<(long Version, IReadOnlyDictionary<string, string> Settings)> ReadAsync()
    {
        var reply = await redis.ScriptEvaluateReadOnlyAsync(ReadScript, [Values, Version]);
        return ((long)reply[0], ((string[])reply[1]!).Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]));
    }
}
