using RedisCluster.Hosting.Model;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A node of a Redis Cluster as a server process on this machine.</summary>
public sealed class RedisClusterNodeProcess : ExecutableResource, IRedisClusterNode
{
    private readonly NodeSetup _setup;

    // The start replaces the command by the path of the server that it finds.
    internal RedisClusterNodeProcess(NodeSetup setup, string dataFolder)
        : base(setup.Name, "redis-server", dataFolder) => _setup = setup;

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
