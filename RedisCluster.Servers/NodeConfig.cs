using System.Globalization;

namespace RedisCluster.Servers;

/// <summary>The text of a node's redis.conf, read only as far as AppHost must agree with it.</summary>
internal sealed record NodeConfig(string Text)
{
    public const string PortDirective = "port";
    public const string NodeTimeoutDirective = "cluster-node-timeout";

    /// <summary>The config of a node for which no file is written by hand.</summary>
    public static NodeConfig ForPort(int port) => new(Template.Replace("{0}", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));

    /// <summary>The value of a directive, of the last one as the server takes it; null when absent.</summary>
    public string? Value(string directive) =>
        Text.Split('\n')
            .Select(line => line.Trim().Split([' ', '\t'], 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .LastOrDefault(parts => parts.Length == 2 && parts[0].Equals(directive, StringComparison.OrdinalIgnoreCase))?[1];

    /// <summary>The same config for a node on another port: how nodes beyond the files get theirs.</summary>
    public NodeConfig OnPort(int port) =>
        new(string.Join('\n', Text.Split('\n').Select(line =>
            line.TrimStart().StartsWith(PortDirective + " ", StringComparison.OrdinalIgnoreCase) ? $"{PortDirective} {port}" : line)));

    /// <summary>Command line options for the values in which the file differs from what AppHost wants; they win over the file.</summary>
    public IEnumerable<string> Overrides(int port, TimeSpan nodeTimeout)
    {
        (string Directive, long Wanted)[] agreed = [(PortDirective, port), (NodeTimeoutDirective, (long)nodeTimeout.TotalMilliseconds)];
        foreach (var (directive, wanted) in agreed)
        {
            var text = wanted.ToString(CultureInfo.InvariantCulture);
            if (Value(directive) != text)
            {
                yield return $"--{directive}";
                yield return text;
            }
        }
    }

    /// <summary>What would make a node unusable in this cluster, from lines that the command line cannot correct.</summary>
    public IEnumerable<string> Problems(string path)
    {
        if (Value("cluster-enabled")?.Trim('"') != "yes")
        {
            yield return $"{path} does not say 'cluster-enabled yes': the node would be a single server outside the cluster.";
        }

        // A later --dir does not help: the server changes directory while it reads the file.
        if (Value("dir") is { } folder)
        {
            yield return $"{path} says 'dir {folder}': remove the line, the working directory of the node is its data folder.";
        }
    }

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
