using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace RedisCluster.Hosting.Build;

/// <summary>What the initializer is told by environment variables.</summary>
internal static class InitializerSettings
{
    public static void Write(RedisClusterResource cluster, IDictionary<string, object> environment)
    {
        // Leaving nodes come last, behind as many as the shape needs: the initializer empties those.
        foreach (var (index, node) in cluster.Nodes.Index())
        {
            environment[$"RedisCluster__Nodes__{index}"] = ReferenceExpression.Create($"{node.Endpoint.Property(EndpointProperty.HostAndPort)}");
        }

        environment["RedisCluster__Shards"] = cluster.Shards.ToString(CultureInfo.InvariantCulture);
        environment["RedisCluster__ReplicasPerShard"] = cluster.ReplicasPerShard.ToString(CultureInfo.InvariantCulture);
        environment["RedisCluster__NodeTimeout"] = cluster.Options.NodeTimeout.ToString("c", CultureInfo.InvariantCulture);
        environment["RedisCluster__Password"] = cluster.PasswordParameter;
    }
}
