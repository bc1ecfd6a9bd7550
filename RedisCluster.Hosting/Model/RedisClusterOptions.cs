using Aspire.Hosting;

namespace RedisCluster.Hosting.Model;

/// <summary>
/// The shape of a cluster and what its nodes are. A value of the configuration section <c>RedisCluster</c>, or of its subsection with the cluster's name, wins over
/// what a verb of the builder says; what neither says has its default.
/// </summary>
internal sealed class RedisClusterOptions
{
    public const string SectionName = "RedisCluster";

    // Blocks of the clusters of one AppHost, which thereby keep their ports when one of them grows.
    private const int PortsOfACluster = 100;

    private readonly Dictionary<string, string> _configured = [];
    private readonly Dictionary<string, string> _said = [];

    /// <summary>Number of shards, each with one primary; at least 3: a failover needs a majority of primaries.</summary>
    public int Shards { get; set; } = 3;

    /// <summary>Replicas of each shard; 0 means that a stopped node makes its slots unavailable.</summary>
    public int ReplicasPerShard { get; set; } = 1;

    /// <summary>Port of the first node; the others follow. The cluster bus uses port + 10000.</summary>
    public int FirstPort { get; set; } = 7001;

    /// <summary>How long a node may be silent before the others fail it over, half a second to 10 minutes.</summary>
    public TimeSpan NodeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether nodes are containers or processes.</summary>
    public RedisClusterRuntime Runtime { get; set; } = RedisClusterRuntime.Auto;

    /// <summary>The program that a node runs.</summary>
    public ServerProduct Product { get; init; } = ServerProduct.Redis;

    /// <summary>Image of container nodes: <c>name</c>, <c>name:tag</c> or <c>registry/name:tag@sha256:digest</c>; null takes the pinned one of the product.</summary>
    public string? NamedImage { get; set; }

    public string Image => NamedImage ?? Product.Image;

    /// <summary>Path of the server for process nodes, relative to the AppHost; null takes PATH, then the user's cache.</summary>
    public string? ServerPath { get; set; }

    /// <summary>Whether data that are to be kept are; false starts empty each time.</summary>
    public bool DataVolumes { get; set; } = true;

    /// <summary>Volumes of container nodes are <c>name-1</c>, <c>name-2</c> and so on; null takes a name of this AppHost and cluster.</summary>
    public string? DataVolumeName { get; set; }

    public int NodeCount => Shards * (1 + ReplicasPerShard);

    /// <summary>Whether nodes may be processes when the image cannot be had: neither the form nor the image is asked for by name.</summary>
    public bool ProcessesMayStandIn => Runtime == RedisClusterRuntime.Auto && NamedImage is null;

    /// <summary>Where a value was said, for a message that finds fault with it: the path of its setting or a verb.</summary>
    public string OriginOf(string name) => _configured.GetValueOrDefault(name) ?? _said.GetValueOrDefault(name) ?? $"{SectionName}:{name}";

    public bool IsConfigured(string name) => _configured.ContainsKey(name);

    /// <summary>Notes that configuration has the value.</summary>
    public void Configured(string name, string path) => _configured[name] = path;

    /// <summary>Notes that a verb has the value; false when configuration has it, and wins.</summary>
    public bool TrySay(string name, string verb)
    {
        if (IsConfigured(name))
        {
            return false;
        }

        _said[name] = verb;
        return true;
    }

    /// <summary>Moves ports that were not said of this cluster alone into the block of a later one.</summary>
    /// <param name="index">How many clusters the AppHost had before it.</param>
    /// <param name="cluster">Its name.</param>
    public void TakePortsOf(int index, string cluster)
    {
        if (OriginOf(nameof(FirstPort)) != $"{SectionName}:{cluster}:{nameof(FirstPort)}")
        {
            FirstPort += index * PortsOfACluster;
        }
    }
}
