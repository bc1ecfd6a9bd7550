using Aspire.Hosting.ApplicationModel;
using RedisCluster.Servers;

namespace RedisCluster.Hosting.Start;

/// <summary>Whether the config files written by hand are there and make a node of a cluster.</summary>
internal static class ConfigFileCheck
{
    public static IEnumerable<string> Problems(RedisClusterResource cluster)
    {
        foreach (var node in cluster.Nodes)
        {
            if (node.Setup.ConfigFile is not { } file)
            {
                continue;
            }

            // An engine would make a folder of the missing file and the node would fail on that.
            var problems = File.Exists(file)
                ? new NodeConfig(File.ReadAllText(file)).Problems(file)
                : [$"The config file of {node.Name} is missing: {file}. Restore it, or copy that of another node and change its port to {node.Port}."];
            foreach (var problem in problems)
            {
                yield return problem;
            }
        }
    }
}
