using StackExchange.Redis;

namespace SampleApi.Patterns.LiveSettings;

/// <summary>A hash of settings, and the number of its changes in the same slot: instances that look whether something changed read one small number.</summary>
internal sealed class SettingsStore(IDatabaseAsync redis)
{
    internal const string ChangedChannel = "{settings}:changed";

    private static readonly RedisKey Values = "{settings}";
    private static readonly RedisKey Version = "{settings}:version";

    // Counting a repeated change twice only means that it is read once more.
    private const CommandFlags Repeatable = CommandFlags.CommandRetryAlways;

    // Longer than any version: whatever else somebody put there is not read in full.
    private const int VersionEnd = 31;

    // What is not counted with becomes a number again, one that was not there before.
    private const string Count = """

        local version = redis.pcall('INCR', KEYS[2])
        if type(version) == 'table' then redis.call('SET', KEYS[2], redis.call('TIME')[1]) end
        """;

    private const string SetScript = "redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])" + Count;

    private const string RemoveScript = "redis.call('HDEL', KEYS[1], ARGV[1])" + Count;

    private const string ReadScript = "return { redis.call('GETRANGE', KEYS[2], 0, ARGV[1]), redis.call('HMGET', KEYS[1], unpack(ARGV, 2)) }";

    internal Task SetAsync(string name, string value) => redis.ScriptEvaluateAsync(SetScript, [Values, Version], [name, value], Repeatable);

    internal Task RemoveAsync(string name) => redis.ScriptEvaluateAsync(RemoveScript, [Values, Version], [name], Repeatable);

    /// <summary>Any text; another one after each change.</summary>
    internal async Task<string> VersionAsync() => (await redis.StringGetRangeAsync(Version, 0, VersionEnd)).ToString();

    /// <summary>The settings of these names that are there, and the version that they have together.</summary>
    internal async Task<(string Version, IEnumerable<(string Name, string Value)> Settings)> ReadAsync(IReadOnlyList<string> names)
    {
        var reply = await redis.ScriptEvaluateReadOnlyAsync(ReadScript, [Values, Version], [VersionEnd, .. names.Select(name => (RedisValue)name)]);
        return (reply[0].ToString(), names.Zip((RedisValue[])reply[1]!).Where(setting => !setting.Second.IsNull).Select(setting => (setting.First, setting.Second.ToString())));
    }
}
