using Aspire.Hosting.ApplicationModel;
using RedisCluster.Hosting.Build;
using RedisCluster.Hosting.Model;

namespace Aspire.Hosting;

public static partial class RedisClusterBuilderExtensions
{
    /// <summary>Sets the number of shards, each with one primary. Default 3, at least 3: a failover needs a majority of primaries.</summary>
    /// <param name="builder">The cluster.</param>
    /// <param name="shards">Their number.</param>
    [AspireExport]
    public static IResourceBuilder<RedisClusterResource> WithShards(this IResourceBuilder<RedisClusterResource> builder, int shards) =>
        builder.Say(nameof(RedisClusterOptions.Shards), nameof(WithShards), options => options.Shards = shards);

    /// <summary>Sets the number of replicas of each shard, 0 to 5. Default 1; with 0 a stopped node makes its slots unavailable.</summary>
    /// <param name="builder">The cluster.</param>
    /// <param name="replicasPerShard">Replicas of one shard.</param>
    [AspireExport]
    public static IResourceBuilder<RedisClusterResource> WithReplicas(this IResourceBuilder<RedisClusterResource> builder, int replicasPerShard) =>
        builder.Say(nameof(RedisClusterOptions.ReplicasPerShard), nameof(WithReplicas), options => options.ReplicasPerShard = replicasPerShard);

    /// <summary>
    /// Sets the port of the first node; the others follow. Each node has its cluster bus on its port + 10000. An isolated run (<c>aspire start --isolated</c>, the testing
    /// builder) takes free ports instead.
    /// </summary>
    /// <param name="builder">The cluster.</param>
    /// <param name="port">1024 to about 55500. Default 7001.</param>
    [AspireExport]
    public static IResourceBuilder<RedisClusterResource> WithHostPort(this IResourceBuilder<RedisClusterResource> builder, int port) =>
        builder.Say(nameof(RedisClusterOptions.FirstPort), nameof(WithHostPort), options => options.FirstPort = port);

    /// <summary>Sets how long a node may be silent before the others fail it over.</summary>
    /// <param name="builder">The cluster.</param>
    /// <param name="timeout">Half a second to 10 minutes. Default 5 seconds.</param>
    [AspireExport]
    public static IResourceBuilder<RedisClusterResource> WithNodeTimeout(this IResourceBuilder<RedisClusterResource> builder, TimeSpan timeout) =>
        builder.Say(nameof(RedisClusterOptions.NodeTimeout), nameof(WithNodeTimeout), options => options.NodeTimeout = timeout);

    /// <summary>Sets the password of all nodes.</summary>
    /// <param name="builder">The cluster.</param>
    /// <param name="password">A secret parameter, without commas, line breaks and blanks at its ends.</param>
    [AspireExport]
    public static IResourceBuilder<RedisClusterResource> WithPassword(this IResourceBuilder<RedisClusterResource> builder, IResourceBuilder<ParameterResource> password)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(password);
        RemoveGeneratedPassword(builder);
        builder.Resource.PasswordParameter = password.Resource;
        return builder;
    }

    /// <summary>Sets the image of container nodes. Nodes do not become processes when it cannot be had.</summary>
    /// <param name="builder">The cluster.</param>
    /// <param name="image"><c>name</c>, <c>name:tag</c> or <c>registry/name:tag@sha256:digest</c>.</param>
    /// <param name="tag">The tag, when the image is named without one.</param>
    [AspireExport]
    public static IResourceBuilder<RedisClusterResource> WithImage(this IResourceBuilder<RedisClusterResource> builder, string image, string? tag = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(image);
        return builder.Say(nameof(RedisClusterOptions.Image), nameof(WithImage), options => options.NamedImage = tag is null ? image : $"{image}:{tag}");
    }

    /// <summary>Sets the tag of the image of container nodes, and keeps the image. Nodes do not become processes when it cannot be had.</summary>
    /// <param name="builder">The cluster.</param>
    /// <param name="tag">The tag, such as <c>7.2</c>.</param>
    [AspireExport]
    public static IResourceBuilder<RedisClusterResource> WithImageTag(this IResourceBuilder<RedisClusterResource> builder, string tag)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        return builder.Say(nameof(RedisClusterOptions.Image), nameof(WithImageTag), options => options.NamedImage = $"{NameOf(options.Image)}:{tag}");
    }

    /// <summary>Runs the nodes as containers; without an engine the start is refused.</summary>
    /// <param name="builder">The cluster.</param>
    [AspireExport]
    public static IResourceBuilder<RedisClusterResource> RunAsContainers(this IResourceBuilder<RedisClusterResource> builder) =>
        builder.Say(nameof(RedisClusterOptions.Runtime), nameof(RunAsContainers), options => options.Runtime = RedisClusterRuntime.Container);

    /// <summary>Runs the nodes as server processes of this machine.</summary>
    /// <param name="builder">The cluster.</param>
    /// <param name="serverPath">Path of a redis-server or valkey-server 7.0 or newer, relative to the AppHost; null takes PATH, then the user's cache.</param>
    [AspireExport]
    public static IResourceBuilder<RedisClusterResource> RunAsProcesses(this IResourceBuilder<RedisClusterResource> builder, string? serverPath = null)
    {
        builder.Say(nameof(RedisClusterOptions.Runtime), nameof(RunAsProcesses), options => options.Runtime = RedisClusterRuntime.Process);
        return serverPath is null ? builder : builder.Say(nameof(RedisClusterOptions.ServerPath), nameof(RunAsProcesses), options => options.ServerPath = serverPath);
    }

    /// <summary>
    /// Gives each node the config file <c>node-N/redis.conf</c> of a folder, an ordinary redis.conf that the node reads at
    /// every start. The first six nodes must have one; further ones get the text of node 1 with their own port.
    /// </summary>
    /// <param name="builder">The cluster.</param>
    /// <param name="folder">A folder, relative to the AppHost.</param>
    [AspireExport]
    public static IResourceBuilder<RedisClusterResource> WithNodeConfigs(this IResourceBuilder<RedisClusterResource> builder, string folder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        builder.Resource.Setup.ConfigFolder = Path.GetFullPath(folder, builder.ApplicationBuilder.AppHostDirectory);
        builder.Resource.Setup.Arrange();
        return builder;
    }

    /// <summary>
    /// Keeps the data between runs: in the volumes <c>prefix-1</c> and following, or for processes in a folder of this AppHost
    /// below the user's local application data. Nodes beyond the wanted number
    /// that have data of earlier runs are started too: the initializer moves their data to the others, then they are stopped and removed.
    /// Does nothing when <c>RedisCluster:DataVolumes</c> is false, or unset in an isolated run (<c>aspire start --isolated</c>, the testing builder).
    /// </summary>
    /// <param name="builder">The cluster.</param>
    /// <param name="prefix">Name of the volumes without the number; null takes a name that has the AppHost's path and the cluster's name in it.</param>
    [AspireExport]
    public static IResourceBuilder<RedisClusterResource> WithDataVolumes(this IResourceBuilder<RedisClusterResource> builder, string? prefix = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Resource.Setup.KeepData(bindFolder: null);
        if (prefix is not null)
        {
            return builder.Say(nameof(RedisClusterOptions.DataVolumeName), nameof(WithDataVolumes), options => options.DataVolumeName = prefix);
        }

        builder.Resource.Setup.Arrange();
        return builder;
    }

    /// <summary>Keeps the data between runs in the folders <c>source/node-1</c> and following, of containers and of processes. Otherwise as <see cref="WithDataVolumes"/>.</summary>
    /// <param name="builder">The cluster.</param>
    /// <param name="source">A folder of this machine, relative to the AppHost. Containers write into it as the user of their image.</param>
    [AspireExport]
    public static IResourceBuilder<RedisClusterResource> WithDataBindMount(this IResourceBuilder<RedisClusterResource> builder, string source)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(source);
        builder.Resource.Setup.KeepData(Path.GetFullPath(source, builder.ApplicationBuilder.AppHostDirectory));
        builder.Resource.Setup.Arrange();
        return builder;
    }

    /// <summary>
    /// Lets the nodes run on when the AppHost has ended, in both forms; its next run finds them. Isolated runs (<c>aspire start --isolated</c>, the testing builder) end
    /// theirs.
    /// </summary>
    /// <param name="builder">The cluster.</param>
    /// <param name="lifetime">Default <see cref="ContainerLifetime.Session"/>: nodes end with the AppHost.</param>
    [AspireExport]
    public static IResourceBuilder<RedisClusterResource> WithLifetime(this IResourceBuilder<RedisClusterResource> builder, ContainerLifetime lifetime)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Resource.Setup.OutlivesAppHost = lifetime == ContainerLifetime.Persistent;
        builder.Resource.Setup.Arrange();
        return builder;
    }

    /// <summary>
    /// Adds Redis Commander, a web interface, in a container <c>name-commander</c>. It browses, adds and edits keys of the whole cluster.
    /// </summary>
    /// <param name="builder">The cluster.</param>
    /// <param name="hostPort">Its port on this machine; null takes a free one.</param>
    /// <param name="configureContainer">Changes the container, such as its image.</param>
    [AspireExport(RunSyncOnBackgroundThread = true)]
    public static IResourceBuilder<RedisClusterResource> WithRedisCommander(
        this IResourceBuilder<RedisClusterResource> builder, int? hostPort = null, Action<IResourceBuilder<ContainerResource>>? configureContainer = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        WebInterfaces.Add(builder, WebInterfaces.RedisCommander, hostPort, configureContainer);
        return builder;
    }

    /// <summary>Adds Redis Insight, the web interface of Redis, in a container <c>name-insight</c>, with this cluster in its list. It asks once to accept its license.</summary>
    /// <param name="builder">The cluster.</param>
    /// <param name="hostPort">Its port on this machine; null takes a free one.</param>
    /// <param name="configureContainer">Changes the container, such as its image.</param>
    [AspireExport(RunSyncOnBackgroundThread = true)]
    public static IResourceBuilder<RedisClusterResource> WithRedisInsight(
        this IResourceBuilder<RedisClusterResource> builder, int? hostPort = null, Action<IResourceBuilder<ContainerResource>>? configureContainer = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        WebInterfaces.Add(builder, WebInterfaces.RedisInsight, hostPort, configureContainer);
        return builder;
    }

    private static IResourceBuilder<RedisClusterResource> Say(
        this IResourceBuilder<RedisClusterResource> builder, string setting, string verb, Action<RedisClusterOptions> set)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var cluster = builder.Resource;
        if (cluster.Options.TrySay(setting, verb))
        {
            set(cluster.Options);
        }

        cluster.Setup.Arrange();
        return builder;
    }

    // A colon before the last slash is that of a registry's port.
    private static string NameOf(string image)
    {
        var name = image.Split('@')[0];
        var colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') ? name[..colon] : name;
    }
}
