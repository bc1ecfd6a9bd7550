using System.Globalization;

namespace RedisCluster;

/// <summary>The settings by which a cluster is wanted, as AppHost writes them into the initializer's environment and the initializer reads them.</summary>
internal static class SettingNames
{
    public const string Section = "RedisCluster";

    public const string Nodes = nameof(Nodes);
    public const string Shards = nameof(Shards);
    public const string ReplicasPerShard = nameof(ReplicasPerShard);
    public const string User = nameof(User);
    public const string Password = nameof(Password);
    public const string NodeTimeout = nameof(NodeTimeout);
    public const string StartTimeout = nameof(StartTimeout);
    public const string Deadline = nameof(Deadline);

    /// <summary>The environment variable of a setting.</summary>
    public static string Variable(string setting) => $"{Section}__{setting}";

    /// <summary>The environment variable of the address of one node, counted from 0.</summary>
    public static string NodeVariable(int index) => string.Create(CultureInfo.InvariantCulture, $"{Section}__{Nodes}__{index}");

    /// <summary>The environment of an initializer that is to bring about what is wanted.</summary>
    public static Dictionary<string, string> Environment(IEnumerable<string> nodes, int shards, int replicasPerShard, TimeSpan nodeTimeout, string password)
    {
        var environment = nodes.Index().ToDictionary(node => NodeVariable(node.Index), node => node.Item);
        environment[Variable(Shards)] = shards.ToString(CultureInfo.InvariantCulture);
        environment[Variable(ReplicasPerShard)] = replicasPerShard.ToString(CultureInfo.InvariantCulture);
        environment[Variable(NodeTimeout)] = nodeTimeout.ToString("c", CultureInfo.InvariantCulture);
        environment[Variable(Password)] = password;
        return environment;
    }
}

/// <summary>What these settings may be, both bounds inclusive.</summary>
internal static class SettingLimits
{
    /// <summary>A failover needs a majority of primaries.</summary>
    public const int FewestShards = 3;

    /// <summary>More nodes than this gossip more than they serve.</summary>
    public const int MostShards = 1000;

    public const int MostReplicas = 5;

    public static readonly TimeSpan ShortestNodeTimeout = TimeSpan.FromMilliseconds(500);
    public static readonly TimeSpan LongestNodeTimeout = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan LongestStartTimeout = TimeSpan.FromHours(1);
    public static readonly TimeSpan ShortestDeadline = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan LongestDeadline = TimeSpan.FromDays(1);
}
