using Aspire.Hosting.ApplicationModel;
using RedisCluster.Servers;
using RedisCluster.Topology;

namespace RedisCluster.Hosting.Model;

/// <summary>What the verbs of the builder decided for one node.</summary>
internal sealed class NodeSetup(RedisClusterResource cluster, int number, int port, string? host = null)
{
    public const string EndpointName = "redis";
    public const string Scheme = "redis";

    public RedisClusterResource Cluster { get; } = cluster;

    public int Number { get; } = number;

    public int Port { get; } = port;

    public string Name => $"{Cluster.Name}-node-{Number}";

    /// <summary>The announced address, by which clients and the initializer know the node.</summary>
    public NodeAddress Announced => new(host ?? "localhost", Port);

    /// <summary>The same as text.</summary>
    public string Address => Announced.ToString();

    /// <summary>Where this program reaches the node, in both forms.</summary>
    public NodeAddress Reachable => new(host ?? "127.0.0.1", Port);

    /// <summary>The redis.conf written by hand; null for a node whose config is made from the template.</summary>
    public string? ConfigFile { get; set; }

    /// <summary>The file whose text serves nodes that have none of their own; null takes the built-in text.</summary>
    public string? TemplateFile { get; set; }

    /// <summary>The volume of a container; null when it has none.</summary>
    public string? Volume { get; set; }

    /// <summary>Whether it is a node of an earlier, larger shape, which runs until its data have moved to the others.</summary>
    public bool IsLeaving { get; init; }

    /// <summary>Reads the config as it is now: a changed file counts at the node's next start.</summary>
    public NodeConfig ReadConfig() =>
        ConfigFile is { } file ? new NodeConfig(File.ReadAllText(file))
            : TemplateFile is { } template ? new NodeConfig(File.ReadAllText(template)).OnPort(Port)
            : NodeConfig.ForPort(Port);

    public IEnumerable<string> Overrides() => ReadConfig().Overrides(Port, Cluster.Options.NodeTimeout);
}
