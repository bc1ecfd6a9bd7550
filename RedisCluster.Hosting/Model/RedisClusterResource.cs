using System.Globalization;
using RedisCluster.Hosting.Model;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// A Redis Cluster as one resource. It is "Forming" until its initializer has found or made every node ready, then
/// "Running"; its health counts nodes and slots.
/// </summary>
[AspireExport]
public sealed class RedisClusterResource : Resource, IResourceWithConnectionString, IResourceWithWaitSupport
{
    private readonly Lock _nodesGate = new();

    internal RedisClusterResource(string name, RedisClusterOptions options)
        : base(name) => Options = options;

    /// <summary>The password of every node; null for a cluster that exists without one.</summary>
    public ParameterResource? PasswordParameter { get; internal set; }

    /// <summary>
    /// The nodes in the order of their numbers. A verb that changes shape, ports, form or data makes them anew, and so may the start, which also adds nodes of an
    /// earlier, larger shape until they are empty.
    /// </summary>
    public IReadOnlyList<IRedisClusterNode> Nodes { get; private set; } = [];

    /// <summary>Number of shards that the initializer forms.</summary>
    public int Shards => Options.Shards;

    /// <summary>Replicas that each shard gets.</summary>
    public int ReplicasPerShard => Options.ReplicasPerShard;

    /// <summary>
    /// <c>localhost:7001,...,localhost:7006,password=...,abortConnect=false</c>: all nodes by their announced names, because
    /// the driver registers a node that it only hears of by the address it has among the nodes. Leaving nodes are not named.
    /// </summary>
    public ReferenceExpression ConnectionStringExpression
    {
        get
        {
            var builder = new ReferenceExpressionBuilder();
            builder.Append($"{List(node => Part(node, EndpointProperty.HostAndPort))}");
            if (PasswordParameter is { } password)
            {
                builder.Append($",password={password}");
            }

            builder.AppendLiteral(",abortConnect=false");
            return builder.Build();
        }
    }

    // The first four as of Aspire's Redis, for programs that take one address: the first node, which names all others.
    IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties()
    {
        if (WantedNodes.FirstOrDefault() is not { } first)
        {
            yield break;
        }

        yield return new("Host", Part(first, EndpointProperty.Host));
        yield return new("Port", Part(first, EndpointProperty.Port));
        if (PasswordParameter is { } password)
        {
            yield return new("Password", ReferenceExpression.Create($"{password}"));
            yield return new("Uri", ReferenceExpression.Create($"{NodeSetup.Scheme}://:{password:uri}@{Part(first, EndpointProperty.HostAndPort)}"));
        }
        else
        {
            yield return new("Uri", ReferenceExpression.Create($"{NodeSetup.Scheme}://{Part(first, EndpointProperty.HostAndPort)}"));
        }

        yield return new("Nodes", List(node => Part(node, EndpointProperty.HostAndPort)));

        yield return new("AddressMap", AddressMap());
    }

    /// <summary>
    /// Each announced address, and where the consumer reaches it: <c>localhost:7001=redis-node-1.dev.internal:7001,...</c> On the host both are the same.
    /// </summary>
    internal ReferenceExpression AddressMap() => List(node => ReferenceExpression.Create($"{node.Setup.Address}={Part(node, EndpointProperty.HostAndPort)}"));

    // A node that is only used has no endpoint of this AppHost.
    private static ReferenceExpression Part(IRedisClusterNode node, EndpointProperty part) =>
        node is not RedisClusterNodeExternal ? ReferenceExpression.Create($"{node.Endpoint.Property(part)}")
            : part switch
            {
                EndpointProperty.Host => ReferenceExpression.Create($"{node.Setup.Reachable.Host}"),
                EndpointProperty.Port => ReferenceExpression.Create($"{node.Port.ToString(CultureInfo.InvariantCulture)}"),
                _ => ReferenceExpression.Create($"{node.Setup.Address}"),
            };

    private ReferenceExpression List(Func<IRedisClusterNode, ReferenceExpression> item)
    {
        var list = new ReferenceExpressionBuilder();
        foreach (var (index, node) in WantedNodes.Index())
        {
            list.AppendLiteral(index == 0 ? "" : ",");
            list.Append($"{item(node)}");
        }

        return list.Build();
    }

    /// <summary>Those that are not on their way out.</summary>
    internal IEnumerable<IRedisClusterNode> WantedNodes => Nodes.Where(node => !node.Setup.IsLeaving);

    internal RedisClusterOptions Options { get; }

    /// <summary>What forms the cluster: a step of the AppHost, or a project; null when it exists already. Set after construction, because it points back here.</summary>
    internal IResource? Initializer { get; set; }

    /// <summary>The password as it is now; null for a cluster that exists without one.</summary>
    internal ValueTask<string?> PasswordAsync(CancellationToken cancellationToken) => PasswordParameter?.GetValueAsync(cancellationToken) ?? ValueTask.FromResult<string?>(null);

    /// <summary>What the verbs collect; set right after construction, because it points back here.</summary>
    internal ClusterSetup Setup { get; set; } = null!;

    // Replaced and not changed: watch and health checks may be reading the list.
    internal void Add(IRedisClusterNode node)
    {
        lock (_nodesGate)
        {
            Nodes = [.. Nodes, node];
        }
    }

    internal void Remove(IRedisClusterNode node)
    {
        lock (_nodesGate)
        {
            Nodes = [.. Nodes.Where(other => other != node)];
        }
    }
}
