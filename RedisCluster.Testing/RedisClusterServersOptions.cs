using System.Globalization;

namespace RedisCluster.Testing;

/// <summary>The cluster that a test wants.</summary>
public sealed class RedisClusterServersOptions
{
    // What the library decides for each node; NodeSettings cannot say otherwise.
    private static readonly string[] Decided =
    [
        "port", "bind", "bind-source-addr", "dir", "daemonize", "supervised", "logfile", "include", "requirepass", "masterauth", "masteruser", "user", "aclfile", "tls-port",
        "cluster-enabled", "cluster-config-file", "cluster-port", "cluster-node-timeout", "cluster-announce-ip", "cluster-announce-port", "cluster-announce-bus-port",
        "cluster-announce-hostname", "cluster-preferred-endpoint-type",
    ];

    /// <summary>How many shards share the slots. Default 3, from 3 to 1000: a failover needs a majority of primaries.</summary>
    public int Shards { get; init; } = 3;

    /// <summary>How many replicas each shard has. Default 1, from 0 to 5.</summary>
    public int ReplicasPerShard { get; init; } = 1;

    /// <summary>
    /// The full path of a <c>redis-server</c> or <c>valkey-server</c>, 7.0 or newer. Null, the default, takes the one on PATH, else the one in the user's cache, into which
    /// the distribution's own package is unpacked on Debian and Ubuntu.
    /// </summary>
    public string? ServerPath { get; init; }

    /// <summary>
    /// The password of all nodes. Null, the default, generates one, so that code that forgets it fails in the test and not in production. The empty text is none.
    /// </summary>
    public string? Password { get; init; }

    /// <summary>Further lines of each node's <c>redis.conf</c>, such as <c>maxmemory 50mb</c>.</summary>
    public IReadOnlyList<string> NodeSettings { get; init; } = [];

    /// <summary>
    /// How long a node may be silent before the others count it as failed. Default 5 s, from 0.5 s to 10 min. A failover takes about 1.5 times as long: tests of
    /// failovers take 1 s.
    /// </summary>
    public TimeSpan NodeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the start, and later each verb and each wait, may take. Default 30 s, from 1 s to 1 day.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether <see cref="RedisClusterServers.PartitionAsync"/> can be used. Default false. All connections then go through this process, which takes time, and parts all nodes
    /// while a debugger stops it. Linux only.
    /// </summary>
    public bool CanBePartitioned { get; init; }

    internal int NodeCount => Shards * (1 + ReplicasPerShard);

    /// <exception cref="ArgumentException">Something cannot be; the message says all of it.</exception>
    internal void ThrowIfInvalid()
    {
        string[] problems =
        [
            .. OutOfRange(nameof(Shards), Shards, SettingLimits.FewestShards, SettingLimits.MostShards),
            .. OutOfRange(nameof(ReplicasPerShard), ReplicasPerShard, 0, SettingLimits.MostReplicas),
            .. OutOfRange(nameof(NodeTimeout), NodeTimeout, SettingLimits.ShortestNodeTimeout, SettingLimits.LongestNodeTimeout),
            .. OutOfRange(nameof(Deadline), Deadline, SettingLimits.ShortestDeadline, SettingLimits.LongestDeadline),
            .. ServerPath is not null && !File.Exists(ServerPath) ? [$"ServerPath is '{ServerPath}', where there is no file."] : Array.Empty<string>(),
            .. Password is not null && Password.Any(character => character is '"' or '\\' or ',' || char.IsControl(character) || character > 126)
                ? ["Password has a quote, a backslash, a comma, a control character or one beyond ASCII, which connection strings or redis.conf cannot have."] : Array.Empty<string>(),
            .. CanBePartitioned && !OperatingSystem.IsLinux() ? ["CanBePartitioned needs Linux, where every address 127.x.x.x is there without preparation."] : Array.Empty<string>(),
            .. NodeSettings.SelectMany(Problems),
        ];
        if (problems.Length > 0)
        {
            throw new ArgumentException(string.Join(' ', problems), "options");
        }
    }

    private static IEnumerable<string> OutOfRange<T>(string option, T value, T least, T most)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{option} is {value}: expected {least} to {most}.");
        }
    }

    private static IEnumerable<string> Problems(string line)
    {
        var directive = line.Split([' ', '\t'], 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault("");
        if (line.Contains('\n', StringComparison.Ordinal) || directive.Length == 0 || directive == line.Trim())
        {
            yield return $"NodeSettings has '{line}': expected a line of redis.conf like 'maxmemory 50mb'.";
        }
        else if (Decided.Contains(directive, StringComparer.OrdinalIgnoreCase))
        {
            yield return $"NodeSettings has '{line}': {directive} is decided by RedisClusterServers, or by an option of its own.";
        }
    }
}
