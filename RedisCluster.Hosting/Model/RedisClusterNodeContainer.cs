using RedisCluster.Hosting.Model;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A node of a Redis Cluster in a container of its own.</summary>
public sealed class RedisClusterNodeContainer : ContainerResource, IRedisClusterNode
{
    private readonly NodeSetup _setup;

    internal RedisClusterNodeContainer(NodeSetup setup)
        : base(setup.Name) => _setup = setup;

    /// <inheritdoc/>
    public RedisClusterResource Cluster => _setup.Cluster;

    /// <inheritdoc/>
    public int Number => _setup.Number;

    /// <inheritdoc/>
    public int Port => _setup.Port;

    /// <inheritdoc/>
    public EndpointReference Endpoint => field ??= new(this, NodeSetup.EndpointName);

    NodeSetup IRedisClusterNode.Setup => _setup;
}
