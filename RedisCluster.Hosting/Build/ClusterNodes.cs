using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RedisCluster.Hosting.Machine;
using RedisCluster.Hosting.Model;
using RedisCluster.Hosting.Run;

namespace RedisCluster.Hosting.Build;

/// <summary>
/// The node resources of one cluster. They are added while the application is built; at its start, nodes of the other form may take their place, and nodes of an earlier
/// shape may come. Whenever a node is added, it gets what the verbs have said so far.
/// </summary>
internal sealed class ClusterNodes(IDistributedApplicationBuilder builder, RedisClusterResource cluster, ClusterWatch watch)
{
    /// <summary>Nodes that have a config file in the folder; those beyond are made from the first.</summary>
    private const int NodesWithFiles = 6;

    public void AddWanted(RedisClusterRuntime form)
    {
        foreach (var number in Enumerable.Range(1, cluster.Options.NodeCount))
        {
            Add(form, number, isLeaving: false);
        }
    }

    /// <summary>Puts nodes of another form in the place of all that are there.</summary>
    public void Exchange(RedisClusterRuntime form)
    {
        foreach (var node in cluster.Nodes)
        {
            builder.Resources.Remove(node);
            cluster.Remove(node);
        }

        AddWanted(form);
    }

    public void Add(RedisClusterRuntime form, int number, bool isLeaving)
    {
        var setup = new NodeSetup(cluster, number, cluster.Options.FirstPort + number - 1) { IsLeaving = isLeaving };
        IRedisClusterNode node = form == RedisClusterRuntime.Process
            ? Finish(ProcessNodes.Add(builder, setup).OnBeforeResourceStarted((process, started, cancellationToken) => GuardAsync(process, started, LostData.IsEmpty(process.WorkingDirectory), cancellationToken)))
            : Finish(ContainerNodes.Add(builder, setup).OnBeforeResourceStarted((container, started, cancellationToken) => GuardAsync(container, started, setup.Volume is null, cancellationToken)));
        UseConfig(builder, node);
        KeepData(builder, node);
    }

    /// <summary>Adds the health checks of the nodes that have none yet.</summary>
    public void RegisterHealthChecks(ICollection<HealthCheckRegistration> registrations)
    {
        foreach (var node in cluster.Nodes.Where(node => registrations.All(check => check.Name != node.Name)))
        {
            registrations.Add(new HealthCheckRegistration(node.Name, new NodeHealthCheck(node), failureStatus: null, tags: null));
        }
    }

    /// <summary>Gives a node its file of the config folder, when one was named. The first six nodes must have one, which the start checks.</summary>
    public static void UseConfig(IDistributedApplicationBuilder builder, IRedisClusterNode node)
    {
        if (node.Cluster.Setup.ConfigFolder is not { } folder)
        {
            return;
        }

        node.Setup.TemplateFile = FileIn(folder, 1);
        if (node.Number <= NodesWithFiles)
        {
            UseFile(builder, node, FileIn(folder, node.Number));
        }
    }

    /// <summary>Whether there are files for nodes beyond the sixth is seen at the start.</summary>
    public void UseFurtherConfigs()
    {
        foreach (var node in cluster.Nodes.Where(node => node.Number > NodesWithFiles))
        {
            if (cluster.Setup.ConfigFolder is { } folder && FileIn(folder, node.Number) is var file && File.Exists(file))
            {
                UseFile(builder, node, file);
            }
        }
    }

    /// <summary>Keeps the data of a node, when that was asked for.</summary>
    public static void KeepData(IDistributedApplicationBuilder builder, IRedisClusterNode node)
    {
        if (node.Cluster.Setup.VolumePrefix is not { } prefix)
        {
            return;
        }

        if (node is RedisClusterNodeContainer container)
        {
            node.Setup.Volume = $"{prefix}-{node.Number}";
            ContainerNodes.Keep(builder.CreateResourceBuilder(container), node.Setup.Volume);
        }
        else
        {
            node.Annotations.OfType<ExecutableAnnotation>().Last().WorkingDirectory = DataFolder.Of(node.Cluster).Of(node.Number);
        }
    }

    private IRedisClusterNode Finish<T>(IResourceBuilder<T> added)
        where T : IRedisClusterNode
    {
        var node = added.Resource;
        cluster.Add(node);
        added.WithParentRelationship(cluster);

        // Clients are sent to the very port that the node listens on, so there is no proxy in between.
        added.WithEndpoint(port: node.Port, targetPort: node.Port, name: NodeSetup.EndpointName, scheme: "redis", isProxied: false)
            .WithUrlForEndpoint(NodeSetup.EndpointName, url => url.DisplayText = NodeAppearance.UrlText(node, role: null))
            .WithHealthCheck(node.Name)
            .WithIconName(NodeAppearance.UnknownRoleIcon);
        NodeCommands.Add(added, watch);
        return node;
    }

    private static void UseFile(IDistributedApplicationBuilder builder, IRedisClusterNode node, string file)
    {
        node.Setup.ConfigFile = file;
        if (node is RedisClusterNodeContainer container)
        {
            ContainerNodes.Mount(builder.CreateResourceBuilder(container), file);
        }
    }

    private static string FileIn(string folder, int number) => Path.Combine(folder, $"node-{number}", "redis.conf");

    private Task GuardAsync(IRedisClusterNode node, BeforeResourceStartedEvent started, bool isEmpty, CancellationToken cancellationToken) =>
        EmptyPrimaryGuard.PassAsync(node, watch, isEmpty, started.Services.GetRequiredService<ResourceLoggerService>().GetLogger(node), cancellationToken);
}
