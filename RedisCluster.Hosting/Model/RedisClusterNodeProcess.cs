using RedisCluster.Hosting.Model;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A node of a Redis Cluster as a server process on this machine.</summary>
public sealed class RedisClusterNodeProcess : ExecutableResource, IRedisClusterNode
{
    private readonly NodeSetup _setup;

    internal RedisClusterNodeProcess(NodeSetup setup, string server, string dataFolder)
        : base(setup.Name, server, dataFolder) => _setup = setup;

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
