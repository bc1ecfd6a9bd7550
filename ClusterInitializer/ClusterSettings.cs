using RedisCluster;

namespace ClusterInitializer;

/// <summary>What is wanted, from the configuration section <see cref="SettingNames.Section"/>.</summary>
internal sealed class ClusterSettings
{
    /// <summary>The nodes as clients name them, each <c>host:port</c>.</summary>
    public IList<string> Nodes { get; set; } = [];

    /// <summary>How many shards share the slots. Default 3, from 3 to 1000; null means as many as are found (only together with --nodes).</summary>
    public int? Shards { get; set; } = 3;

    /// <summary>How many replicas each shard has. Default 1, up to 5; null means as many as are found (only together with --nodes).</summary>
    public int? ReplicasPerShard { get; set; } = 1;

    /// <summary>The ACL user, when it is not the default user.</summary>
    public string? User { get; set; }

    /// <summary>The nodes' password. From configuration or environment only, never from the command line, which every process can read.</summary>
    public string? Password { get; set; }

    /// <summary>cluster-node-timeout of the finished cluster. Default 5 s, from 0.5 s to 10 min.</summary>
    public TimeSpan NodeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long to wait at start for nodes that don't answer yet. Default 30 s, up to 1 h.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long the run tries before it gives up. Default 60 s, from 1 s. Moving slots takes the time that the data needs: it counts again from the
    /// last slot that moved.
    /// </summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(60);
}
