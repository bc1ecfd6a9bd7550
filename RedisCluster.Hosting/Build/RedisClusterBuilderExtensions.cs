using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RedisCluster.Hosting.Build;
using RedisCluster.Hosting.Model;
using RedisCluster.Hosting.Run;
using RedisCluster.Hosting.Start;

namespace Aspire.Hosting;

/// <summary>Adds a Redis Cluster to an AppHost.</summary>
public static class RedisClusterBuilderExtensions
{
    /// <summary>
    /// Adds a Redis Cluster: nodes <c>name-node-1</c> and following on <c>localhost:7001</c> and following, as containers or,
    /// where no engine answers, as processes. The shape comes from the configuration section <c>RedisCluster</c>.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the cluster, and of its connection string.</param>
    /// <param name="password">Password of all nodes; null generates one and keeps it in the user secrets.</param>
    /// <param name="configure">Changes the options after configuration has been read.</param>
    /// <remarks>Wrong values do not fail here: the start lists them all in a <see cref="RedisClusterStartException"/>.</remarks>
    public static IResourceBuilder<RedisClusterResource> AddRedisCluster(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        IResourceBuilder<ParameterResource>? password = null,
        Action<RedisClusterOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);

        var problems = new List<string>();
        var options = new SettingsReader(builder.Configuration, name, problems).Read();
        configure?.Invoke(options);
        problems.AddRange(OptionsValidation.Problems(options));
        problems.AddRange(ContainerNodes.ImageProblems(builder, options.Image));

        password ??= builder.AddParameter($"{name}-password", new GenerateParameterDefault { MinLength = 22, Special = false }, secret: true, persist: true);
        var cluster = new RedisClusterResource(name, password.Resource, options);
        cluster.Setup = new ClusterSetup(builder.AppHostDirectory, problems);
        var watch = new ClusterWatch(cluster);
        var nodes = new ClusterNodes(builder, cluster, watch);
        if (problems.Count == 0 && builder.ExecutionContext.IsRunMode)
        {
            nodes.AddWanted(MachineRuntime.LikelyForm(builder.Configuration, options));
        }

        var added = builder.AddResource(cluster)
            .WithIconName("DatabaseMultiple")
            .WithInitialState(new CustomResourceSnapshot
            {
                ResourceType = "RedisCluster",
                State = KnownResourceStates.NotStarted,
                CreationTimeStamp = DateTime.UtcNow,
                Properties = [new(CustomResourceKnownProperties.Source, $"{options.Shards} shards, {options.ReplicasPerShard} replicas each")],
            });
        builder.Services.AddHealthChecks().AddCheck($"{name}-cluster", new ClusterHealthCheck(watch));
        builder.Services.Configure<HealthCheckServiceOptions>(options => nodes.RegisterHealthChecks(options.Registrations));
        added.WithHealthCheck($"{name}-cluster");
        ClusterCommands.Add(added, watch);
        new ClusterStart(cluster, nodes, watch).Attach(added);
        AddInitializer(added);
        return added;
    }

    /// <summary>
    /// Gives each node the config file <c>node-N/redis.conf</c> of a folder, an ordinary redis.conf that the node reads at
    /// every start. The first six nodes must have one; further ones get the text of node 1 with their own port.
    /// </summary>
    /// <param name="builder">The cluster.</param>
    /// <param name="folder">A folder, relative to the AppHost.</param>
    public static IResourceBuilder<RedisClusterResource> WithNodeConfigs(this IResourceBuilder<RedisClusterResource> builder, string folder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        builder.Resource.Setup.ConfigFolder = Path.GetFullPath(folder, builder.ApplicationBuilder.AppHostDirectory);
        foreach (var node in builder.Resource.Nodes)
        {
            ClusterNodes.UseConfig(builder.ApplicationBuilder, node);
        }

        return builder;
    }

    /// <summary>
    /// Keeps the data between runs: in the volumes <c>prefix-1</c> and following, or for processes in a folder of this AppHost
    /// below the user's local application data. Does nothing when <c>RedisCluster:DataVolumes</c> is false. Nodes beyond the wanted number
    /// that have data of earlier runs are started too: the initializer moves their data to the others, then they are stopped and removed.
    /// </summary>
    /// <param name="builder">The cluster.</param>
    /// <param name="prefix">
    /// Name of the volumes without the number; null takes <c>RedisCluster:DataVolumeName</c>. Two applications that are not to
    /// share data take different prefixes.
    /// </param>
    public static IResourceBuilder<RedisClusterResource> WithDataVolumes(this IResourceBuilder<RedisClusterResource> builder, string? prefix = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var cluster = builder.Resource;
        if (cluster.Options.DataVolumes)
        {
            cluster.Setup.VolumePrefix = prefix ?? cluster.Options.DataVolumeName ?? $"{cluster.Name}-data";
            foreach (var node in cluster.Nodes)
            {
                ClusterNodes.KeepData(builder.ApplicationBuilder, node);
            }
        }

        return builder;
    }

    /// <summary>
    /// Names the project that makes the nodes a cluster, and keeps it one, in place of the AppHost itself. The cluster counts as running when it exits with 0.
    /// </summary>
    /// <typeparam name="TProject">The project, generated by Aspire as <c>Projects.Name</c>.</typeparam>
    /// <param name="builder">The cluster.</param>
    /// <param name="name">Name of the project's resource.</param>
    public static IResourceBuilder<RedisClusterResource> WithInitializer<TProject>(
        this IResourceBuilder<RedisClusterResource> builder, [ResourceName] string name)
        where TProject : IProjectMetadata, new()
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);

        var cluster = builder.Resource;
        builder.ApplicationBuilder.Resources.Remove(cluster.Initializer);
        var initializer = builder.ApplicationBuilder.AddProject<TProject>(name)
            .RunAsBuiltProgram()
            .WithIconName("Organization")
            .WithParentRelationship(cluster)
            .WithEnvironment(context => InitializerSettings.Write(cluster, context.EnvironmentVariables));
        cluster.Initializer = initializer.Resource;
        return builder;
    }

    private static void AddInitializer(IResourceBuilder<RedisClusterResource> builder)
    {
        var cluster = builder.Resource;
        var resource = new RedisClusterInitializerResource($"{cluster.Name}-initializer", cluster);
        var initializer = new InitializerInAppHost(resource);
        cluster.Initializer = resource;
        builder.ApplicationBuilder.AddResource(resource)
            .ExcludeFromManifest()
            .WithIconName("Organization")
            .WithParentRelationship(cluster)
            .WithOtlpExporter()
            .WithInitialState(new CustomResourceSnapshot { ResourceType = "RedisClusterInitializer", State = KnownResourceStates.NotStarted, CreationTimeStamp = DateTime.UtcNow, Properties = [] })
            .WithCommand(
                KnownResourceCommands.StartCommand,
                "Start",
                _ =>
                {
                    initializer.Ask();
                    return Task.FromResult(CommandResults.Success());
                },
                new CommandOptions
                {
                    IconName = "Play",
                    IsHighlighted = true,
                    UpdateState = state => state.ResourceSnapshot.State?.Text == KnownResourceStates.Finished ? ResourceCommandState.Enabled : ResourceCommandState.Disabled,
                })
            .OnInitializeResource((step, started, cancellationToken) =>
            {
                var supervisor = new Supervisor(started.Logger, TimeProvider.System);
                _ = Task.Run(() => supervisor.RunAsync("Forming the cluster", $"{step.Cluster.Name} is not formed and not healed", token => initializer.RunAsync(started, token), cancellationToken), cancellationToken);
                return Task.CompletedTask;
            });
    }
}
