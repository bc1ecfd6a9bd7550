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
            environment[SettingNames.NodeVariable(index)] = ReferenceExpression.Create($"{node.Endpoint.Property(EndpointProperty.HostAndPort)}");
        }

        environment[SettingNames.Variable(SettingNames.Shards)] = cluster.Shards.ToString(CultureInfo.InvariantCulture);
        environment[SettingNames.Variable(SettingNames.ReplicasPerShard)] = cluster.ReplicasPerShard.ToString(CultureInfo.InvariantCulture);
        environment[SettingNames.Variable(SettingNames.NodeTimeout)] = cluster.Options.NodeTimeout.ToString("c", CultureInfo.InvariantCulture);
        environment[SettingNames.Variable(SettingNames.Password)] = cluster.PasswordParameter!;
    }
}
