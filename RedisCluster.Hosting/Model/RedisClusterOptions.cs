namespace Aspire.Hosting;

/// <summary>
/// The shape of a Redis Cluster and what its nodes are. Values come from the configuration section
/// <c>RedisCluster</c>, then from its subsection with the cluster's name, then from code.
/// </summary>
public sealed class RedisClusterOptions
{
    /// <summary>The configuration section that is read.</summary>
    public const string SectionName = "RedisCluster";

    /// <summary>Number of shards, each with one primary. Default 3, at least 3: a failover needs a majority of primaries.</summary>
    public int Shards { get; set; } = 3;

    /// <summary>Replicas of each shard. Default 1; 0 means that a stopped node makes its slots unavailable.</summary>
    public int ReplicasPerShard { get; set; } = 1;

    /// <summary>Port of the first node; the others follow. Default 7001. The cluster bus uses port + 10000.</summary>
    public int FirstPort { get; set; } = 7001;

    /// <summary>How long a node may be silent before the others fail it over. Default 5 seconds, half a second to 10 minutes.</summary>
    public TimeSpan NodeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether nodes are containers or processes. Default <see cref="RedisClusterRuntime.Auto"/>.</summary>
    public RedisClusterRuntime Runtime { get; set; } = RedisClusterRuntime.Auto;

    /// <summary>Image of container nodes: <c>name</c>, <c>name:tag</c> or <c>registry/name:tag@sha256:digest</c>. Default docker.io/library/redis with a pinned tag.</summary>
    public string Image { get; set; } = RedisClusterContainerImageTags.Reference;

    /// <summary>Path of the server for process nodes; relative to the AppHost. Default null: PATH, then the user's cache.</summary>
    public string? ServerPath { get; set; }

    /// <summary>Whether <c>WithDataVolumes</c> keeps data between runs. Default true; false starts empty each time.</summary>
    public bool DataVolumes { get; set; } = true;

    /// <summary>
    /// Volumes of container nodes are <c>name-1</c>, <c>name-2</c> and so on. Default null: the cluster's name with <c>-data</c>. Two applications
    /// that are not to share data need different names.
    /// </summary>
    public string? DataVolumeName { get; set; }

    internal int NodeCount => Shards * (1 + ReplicasPerShard);

    /// <summary>Whether nodes may be processes when the image cannot be had: neither the form nor the image is asked for by name.</summary>
    internal bool ProcessesMayStandIn => Runtime == RedisClusterRuntime.Auto && Image == RedisClusterContainerImageTags.Reference;
}
