using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RedisCluster.Hosting.Machine;
using RedisCluster.Hosting.Model;
using RedisCluster.Hosting.Run;
using RedisCluster.Hosting.Start;

namespace RedisCluster.Hosting.Build;

/// <summary>Adds the nodes of a cluster in the form that this machine can run, and applies the verbs to all of them.</summary>
internal static class ClusterNodes
{
    /// <summary>Nodes that have a config file in the folder; those beyond are made from the first.</summary>
    private const int NodesWithFiles = 6;

    public static void Add(IDistributedApplicationBuilder builder, ClusterSetup setup)
    {
        foreach (var number in Enumerable.Range(1, setup.Cluster.Options.NodeCount))
        {
            Add(builder, setup, number, isLeaving: false);
        }
    }

    public static void UseConfigs(ClusterSetup setup, string folder)
    {
        setup.ConfigFolder = folder;
        foreach (var container in setup.Containers)
        {
            UseConfig(container, folder);
        }

        foreach (var process in setup.Processes)
        {
            UseConfig(process.Resource, folder);
        }
    }

    /// <summary>Keeps the data of all nodes, and brings nodes back that have data of an earlier, larger shape.</summary>
    public static void KeepData(IDistributedApplicationBuilder builder, ClusterSetup setup, string volumePrefix, DataFolder folder)
    {
        setup.Folder = folder;
        foreach (var number in builder.ExecutionContext.IsRunMode && setup.Cluster.Nodes.Count > 0 ? EarlierNodes.Find(setup, volumePrefix) : [])
        {
            Add(builder, setup, number, isLeaving: true);
        }

        foreach (var container in setup.Containers)
        {
            IRedisClusterNode node = container.Resource;
            node.Setup.Volume = $"{volumePrefix}-{node.Number}";
            node.Setup.KeepsData = true;
            ContainerNodes.Keep(container, node.Setup.Volume);
        }

        foreach (var process in setup.Processes)
        {
            process.Resource.Annotations.OfType<ExecutableAnnotation>().Last().WorkingDirectory = folder.Of(process.Resource.Number);
        }
    }

    private static void Add(IDistributedApplicationBuilder builder, ClusterSetup setup, int number, bool isLeaving)
    {
        var node = new NodeSetup(setup.Cluster, number, setup.Cluster.Options.FirstPort + number - 1) { IsLeaving = isLeaving };
        if (setup.Choice.Server is { } server)
        {
            var process = ProcessNodes.Add(builder, node, server.Path, setup.Folder)
                .OnBeforeResourceStarted((resource, started, cancellationToken) => GuardProcessAsync(setup, resource, started.Services, cancellationToken));
            node.KeepsData = true;
            setup.Processes.Add(Finish(process));
            if (setup.ConfigFolder is { } folder)
            {
                UseConfig(process.Resource, folder);
            }
        }
        else
        {
            var container = ContainerNodes.Add(builder, node)
                .OnBeforeResourceStarted((resource, started, cancellationToken) => GuardContainerAsync(setup, resource, started.Services, cancellationToken));
            setup.Containers.Add(Finish(container));
            if (setup.ConfigFolder is { } folder)
            {
                UseConfig(container, folder);
            }
        }
    }

    private static IResourceBuilder<T> Finish<T>(IResourceBuilder<T> builder)
        where T : IRedisClusterNode
    {
        var node = builder.Resource;
        node.Cluster.Add(node);
        builder.WithParentRelationship(node.Cluster);
        builder.ApplicationBuilder.Services.AddHealthChecks().AddCheck(node.Name, new NodeHealthCheck(node));

        // Clients are sent to the very port that the node listens on, so there is no proxy in between.
        builder.WithEndpoint(port: node.Port, targetPort: node.Port, name: NodeSetup.EndpointName, scheme: "redis", isProxied: false)
            .WithUrlForEndpoint(NodeSetup.EndpointName, url => url.DisplayText = NodeAppearance.UrlText(node, role: null))
            .WithHealthCheck(node.Name)
            .WithIconName(NodeAppearance.UnknownRoleIcon);
        NodeCommands.Add(builder, node.Cluster.Setup.Watch);
        return builder;
    }

    private static void UseConfig(IResourceBuilder<RedisClusterNodeContainer> container, string folder)
    {
        if (UseConfig(container.Resource, folder) is { } file)
        {
            ContainerNodes.Mount(container, file);
        }
    }

    // A file that is there is used by any node; a missing one of the first six is a problem that the start lists.
    private static string? UseConfig(IRedisClusterNode node, string folder)
    {
        var file = Path.Combine(folder, $"node-{node.Number}", "redis.conf");
        if (node.Number <= NodesWithFiles || File.Exists(file))
        {
            return node.Setup.ConfigFile = file;
        }

        node.Setup.TemplateFile = Path.Combine(folder, "node-1", "redis.conf");
        return null;
    }

    private static Task GuardContainerAsync(ClusterSetup setup, IRedisClusterNode node, IServiceProvider services, CancellationToken cancellationToken) =>
        EmptyPrimaryGuard.PassAsync(node, setup.Watch, isEmpty: !node.Setup.KeepsData, LoggerOf(node, services), cancellationToken);

    private static Task GuardProcessAsync(ClusterSetup setup, RedisClusterNodeProcess node, IServiceProvider services, CancellationToken cancellationToken)
    {
        var logger = LoggerOf(node, services);
        if (LostData.SetIdentityAside(node.WorkingDirectory) is { } aside)
        {
            Log.IdentitySetAside(logger, node.Name, node.WorkingDirectory, aside);
        }

        return EmptyPrimaryGuard.PassAsync(node, setup.Watch, LostData.IsEmpty(node.WorkingDirectory), logger, cancellationToken);
    }

    private static ILogger LoggerOf(IResource node, IServiceProvider services) =>
        services.GetRequiredService<ResourceLoggerService>().GetLogger(node);
}
