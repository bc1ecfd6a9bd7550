using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RedisCluster.Hosting.Machine;
using RedisCluster.Hosting.Model;
using RedisCluster.Hosting.Run;
using RedisCluster.Hosting.Start;
using RedisCluster.Topology;

namespace RedisCluster.Hosting.Build;

/// <summary>
/// The node resources of one cluster. They are added while the application is built; at its start, nodes of the other form or on other ports may take their place, and
/// nodes of an earlier shape may come.
/// </summary>
internal sealed class ClusterNodes(IDistributedApplicationBuilder builder, RedisClusterResource cluster, ClusterWatch watch)
{
    /// <summary>Nodes that have a config file in the folder; those beyond are made from the first.</summary>
    private const int NodesWithFiles = 6;

    /// <summary>What is wrong with all that was said of the cluster.</summary>
    public IEnumerable<string> Problems() =>
    [
        .. cluster.Setup.SettingsProblems,
        .. OptionsValidation.Problems(cluster.Options),
        .. ContainerNodes.ImageProblems(builder, cluster.Options),
        .. cluster.Setup.Existing.Where(address => !NodeAddress.TryParse(address, out _)).Select(address => $"{nameof(RedisClusterBuilderExtensions.AsExisting)} names '{address}'; expected host:port, such as redis.example.com:6379."),
    ];

    /// <summary>Puts the nodes that were asked for in the place of all that are there.</summary>
    public void Arrange()
    {
        Clear();
        if (Problems().Any())
        {
            return;
        }

        foreach (var (index, address) in cluster.Setup.Existing.Index())
        {
            AddExisting(index + 1, NodeAddress.Parse(address));
        }

        if (cluster.Setup.Existing.Count == 0 && builder.ExecutionContext.IsRunMode)
        {
            AddWanted(MachineRuntime.LikelyForm(builder.Configuration, cluster.Options));
        }
    }

    /// <summary>Puts nodes of a form in the place of all that are there.</summary>
    public void Exchange(RedisClusterRuntime form)
    {
        Clear();
        AddWanted(form);
    }

    public void Add(RedisClusterRuntime form, int number, bool isLeaving)
    {
        var setup = new NodeSetup(cluster, number, cluster.Options.FirstPort + number - 1) { IsLeaving = isLeaving };
        IRedisClusterNode node = form == RedisClusterRuntime.Process
            ? Finish(ProcessNodes.Add(builder, setup).OnBeforeResourceStarted((process, started, cancellationToken) => GuardAsync(process, started, LostData.IsEmpty(process.WorkingDirectory), cancellationToken)))
            : Finish(ContainerNodes.Add(builder, setup).OnBeforeResourceStarted((container, started, cancellationToken) => GuardAsync(container, started, ContainerNodes.StartsEmpty(setup), cancellationToken)));
        UseConfig(node);
    }

    /// <summary>Adds the health checks of the nodes that have none yet.</summary>
    public void RegisterHealthChecks(ICollection<HealthCheckRegistration> registrations)
    {
        foreach (var node in cluster.Nodes.Where(node => registrations.All(check => check.Name != node.Name)))
        {
            // Another node of that name may take its place later.
            registrations.Add(new HealthCheckRegistration(
                node.Name, _ => new NodeHealthCheck(cluster.Nodes.FirstOrDefault(other => other.Name == node.Name) ?? node), failureStatus: null, tags: null));
        }
    }

    /// <summary>Whether there are files for nodes beyond the sixth is seen at the start.</summary>
    public void UseFurtherConfigs()
    {
        foreach (var node in cluster.Nodes.Where(node => node.Number > NodesWithFiles))
        {
            if (cluster.Setup.ConfigFolder is { } folder && FileIn(folder, node.Number) is var file && File.Exists(file))
            {
                UseFile(node, file);
            }
        }
    }

    private void AddWanted(RedisClusterRuntime form)
    {
        foreach (var number in Enumerable.Range(1, cluster.Options.NodeCount))
        {
            Add(form, number, isLeaving: false);
        }
    }

    private void AddExisting(int number, NodeAddress address)
    {
        var node = new RedisClusterNodeExternal(new NodeSetup(cluster, number, address.Port, address.Host));
        cluster.Add(node);
        builder.AddResource(node)
            .ExcludeFromManifest()
            .WithParentRelationship(cluster)
            .WithHealthCheck(node.Name)
            .WithIconName(NodeAppearance.UnknownRoleIcon)
            .WithInitialState(new CustomResourceSnapshot
            {
                ResourceType = "RedisClusterNode",
                State = new(KnownResourceStates.Running, KnownResourceStateStyles.Success),
                CreationTimeStamp = DateTime.UtcNow,
                Properties = [new(CustomResourceKnownProperties.Source, address.ToString())],
            });
    }

    private void Clear()
    {
        foreach (var node in cluster.Nodes)
        {
            builder.Resources.Remove(node);
            cluster.Remove(node);
        }
    }

    // The first six nodes must have a file of their own, which the start checks.
    private void UseConfig(IRedisClusterNode node)
    {
        if (cluster.Setup.ConfigFolder is not { } folder)
        {
            return;
        }

        node.Setup.TemplateFile = FileIn(folder, 1);
        if (node.Number <= NodesWithFiles)
        {
            UseFile(node, FileIn(folder, node.Number));
        }
    }

    private void UseFile(IRedisClusterNode node, string file)
    {
        node.Setup.ConfigFile = file;
        if (node is RedisClusterNodeContainer container)
        {
            ContainerNodes.Mount(builder.CreateResourceBuilder(container), file);
        }
    }

    private IRedisClusterNode Finish<T>(IResourceBuilder<T> added)
        where T : IRedisClusterNode
    {
        var node = added.Resource;
        cluster.Add(node);
        added.WithParentRelationship(cluster);

        // Clients are sent to the very port that the node listens on, so there is no proxy in between.
        added.WithEndpoint(port: node.Port, targetPort: node.Port, name: NodeSetup.EndpointName, scheme: NodeSetup.Scheme, isProxied: false)
            .WithUrlForEndpoint(NodeSetup.EndpointName, url => url.DisplayText = NodeAppearance.UrlText(node, role: null))
            .WithHealthCheck(node.Name)
            .WithIconName(NodeAppearance.UnknownRoleIcon);
        if (cluster.Setup.OutlivesAppHost)
        {
#pragma warning disable ASPIREPERSISTENCE001 // Experimental; WithLifetime is there for containers only.
            added.WithPersistentLifetime();
#pragma warning restore ASPIREPERSISTENCE001
        }

        NodeCommands.Add(added, watch);
        return node;
    }

    private static string FileIn(string folder, int number) => Path.Combine(folder, $"node-{number}", "redis.conf");

    private Task GuardAsync(IRedisClusterNode node, BeforeResourceStartedEvent started, bool isEmpty, CancellationToken cancellationToken) =>
        EmptyPrimaryGuard.PassAsync(node, watch, isEmpty, started.Services.GetRequiredService<ResourceLoggerService>().GetLogger(node), cancellationToken);
}
