using System.Globalization;

namespace RedisCluster.Servers;

/// <summary>The text of a node's redis.conf, read only as far as AppHost must agree with it.</summary>
internal sealed record NodeConfig(string Text)
{
    private const string PortDirective = "port";
    private const string NodeTimeoutDirective = "cluster-node-timeout";

    // What the command line cannot correct, or what must not be in a file that is in git.
    private static readonly Dictionary<string, (Func<string, bool> IsAllowed, string Reason)> Refused = new()
    {
        ["dir"] = (_ => false, "the working directory of the node is its data folder"),
        ["daemonize"] = (value => value == "no", "the node would leave the process that is watched, and run on when AppHost has ended"),
        ["supervised"] = (value => value == "no", "AppHost supervises the node"),
        ["logfile"] = (value => value.Length == 0, "the dashboard shows what the node prints"),
        ["cluster-config-file"] = (value => value == "nodes.conf", "whether a node lost its data is seen by nodes.conf"),
        ["cluster-port"] = (value => value == "0", "the cluster bus is on port + 10000"),
        ["tls-port"] = (value => value == "0", "nodes are reached without TLS"),
        ["requirepass"] = (_ => false, "it is a secret that must not be committed; the password is AppHost's parameter"),
        ["masterauth"] = (_ => false, "it is a secret that must not be committed; the password is AppHost's parameter"),
        ["user"] = (_ => false, "it holds secrets that must not be committed"),
    };

    /// <summary>The config of a node for which no file is written by hand.</summary>
    public static NodeConfig ForPort(int port) => new(Template.Replace("{0}", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));

    /// <summary>The value of a directive, named in lower case, of the last one as the server takes it; null when absent.</summary>
    public string? Value(string directive) => Lines().LastOrDefault(line => line.Directive == directive).Value;

    /// <summary>The same config for a node on another port: how nodes beyond the files get theirs.</summary>
    public NodeConfig OnPort(int port) =>
        new(string.Join('\n', Text.Split('\n').Select(line => Parse(line) is { Directive: PortDirective } ? $"{PortDirective} {port}" : line)));

    /// <summary>The same config without the password that CONFIG REWRITE wrote into it.</summary>
    public NodeConfig WithoutPassword() => new(string.Join('\n', Text.Split('\n').Where(line =>
        Parse(line) is not { } found
            || !(found.Directive is "requirepass" or "masterauth" || (found.Directive == "user" && found.Value.StartsWith("default ", StringComparison.Ordinal))))));

    /// <summary>Command line options for the values that AppHost decides.</summary>
    public static IReadOnlyList<string> Agreed(int port, TimeSpan nodeTimeout) =>
    [
        $"--{PortDirective}", port.ToString(CultureInfo.InvariantCulture),
        $"--{NodeTimeoutDirective}", ((long)nodeTimeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
    ];

    /// <summary>Those of them in which the file differs; they win over the file.</summary>
    public IEnumerable<string> Overrides(int port, TimeSpan nodeTimeout) =>
        Agreed(port, nodeTimeout).Chunk(2).Where(option => Value(option[0][2..]) != option[1]).SelectMany(option => option);

    /// <summary>What would make a node unusable in this cluster, or give a secret away. No value is shown.</summary>
    public IEnumerable<string> Problems(string path)
    {
        if (Value("cluster-enabled")?.Trim('"') != "yes")
        {
            yield return $"{path} does not say 'cluster-enabled yes': the node would be a single server outside the cluster.";
        }

        foreach (var (directive, value) in Lines())
        {
            if (Refused.TryGetValue(directive, out var rule) && !rule.IsAllowed(value.Trim('"')))
            {
                yield return $"{path} has a line '{directive}': remove it, {rule.Reason}.";
            }
        }
    }

    private IEnumerable<(string Directive, string Value)> Lines() => Text.Split('\n').Select(Parse).OfType<(string, string)>();

    // The server takes directives in any case.
    private static (string Directive, string Value)? Parse(string line) =>
        line.Trim().Split([' ', '\t'], 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [var directive, var value] && directive[0] != '#'
            ? (directive.ToLowerInvariant(), value) : null;

    private const string Template =
        """
        # A node of the Redis Cluster. An ordinary redis.conf: change it, restart the node, see what happens.
        # There is no `dir` line: the working directory of the node is its data folder.
        # The password (requirepass, masterauth) comes from a second file, so that this one can be in git.

        # Clients connect to this port; the nodes talk to each other on this port + 10000.
        port {0}

        # One of many instead of a single server. The node writes what it knows of the others into nodes.conf.
        cluster-enabled yes
        cluster-config-file nodes.conf

        # A primary that is silent for this many milliseconds is failed over to its replica.
        cluster-node-timeout 5000

        # When the slots of one shard have no owner, the other shards keep answering.
        cluster-require-full-coverage no

        # A replica moves to a shard that has none only if its own shard keeps one.
        cluster-migration-barrier 1

        # Clients on this machine are sent to localhost:{0}, wherever the node really runs.
        cluster-announce-hostname localhost
        cluster-preferred-endpoint-type hostname

        # Every write goes to a log on disk, synced each second: a restarted node has its data.
        appendonly yes
        appendfsync everysec

        # A replica gets its first copy at once instead of waiting five seconds for others to join.
        repl-diskless-sync-delay 0
        repl-ping-replica-period 1

        # Connections from outside the node's own network namespace are needed, and a password is always set.
        protected-mode no

        """;
}
