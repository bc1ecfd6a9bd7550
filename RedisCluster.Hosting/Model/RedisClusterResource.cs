using RedisCluster.Hosting.Model;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// A Redis Cluster as one resource. It is "Forming" until its initializer has found or made every node ready, then
/// "Running"; its health counts nodes and slots.
/// </summary>
public sealed class RedisClusterResource : Resource, IResourceWithConnectionString, IResourceWithWaitSupport
{
    private readonly Lock _nodesGate = new();

    internal RedisClusterResource(string name, ParameterResource password, RedisClusterOptions options)
        : base(name)
    {
        PasswordParameter = password;
        Options = options;
    }

    /// <summary>The password of every node.</summary>
    public ParameterResource PasswordParameter { get; }

    /// <summary>The nodes in the order of their numbers. Nodes of an earlier, larger shape are the last ones until they are empty.</summary>
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
            foreach (var node in Nodes.Where(node => !node.Setup.IsLeaving))
            {
                builder.Append($"{node.Endpoint.Property(EndpointProperty.HostAndPort)},");
            }

            builder.Append($"password={PasswordParameter},abortConnect=false");
            return builder.Build();
        }
    }

    // As of Aspire's Redis, for programs that take one address: the first node, which names all others.
    IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties()
    {
        if (Nodes is [{ Endpoint: var first }, ..])
        {
            yield return new("Host", ReferenceExpression.Create($"{first.Property(EndpointProperty.Host)}"));
            yield return new("Port", ReferenceExpression.Create($"{first.Property(EndpointProperty.Port)}"));
            yield return new("Password", ReferenceExpression.Create($"{PasswordParameter}"));
            yield return new("Uri", ReferenceExpression.Create($"{first.Property(EndpointProperty.Scheme)}://:{PasswordParameter:uri}@{first.Property(EndpointProperty.HostAndPort)}"));
        }
    }

    internal RedisClusterOptions Options { get; }

    /// <summary>What forms the cluster: a step of the AppHost, or a project. Set right after construction, because it points back here.</summary>
    internal IResource Initializer { get; set; } = null!;

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
