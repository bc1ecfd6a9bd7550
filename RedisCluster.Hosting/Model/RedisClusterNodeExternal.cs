using RedisCluster.Hosting.Model;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A node that runs without this AppHost, which watches it and neither starts nor stops it.</summary>
public sealed class RedisClusterNodeExternal : Resource, IRedisClusterNode
{
    private readonly NodeSetup _setup;

    internal RedisClusterNodeExternal(NodeSetup setup)
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
