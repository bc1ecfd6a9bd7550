using RedisCluster.Hosting.Model;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A node of a <see cref="RedisClusterResource"/>: a container or a process, which makes no difference to its users.</summary>
public interface IRedisClusterNode : IResourceWithEndpoints, IResourceWithWaitSupport, IResourceWithArgs
{
    /// <summary>The cluster this node belongs to.</summary>
    RedisClusterResource Cluster { get; }

    /// <summary>Its number, counted from 1.</summary>
    int Number { get; }

    /// <summary>Its port on localhost, the same inside a container; the cluster bus uses this port + 10000.</summary>
    int Port { get; }

    /// <summary>The endpoint that clients connect to.</summary>
    EndpointReference Endpoint { get; }

    internal NodeSetup Setup { get; }
}
