using Microsoft.Extensions.Options;
using RedisCluster;
using RedisCluster.Topology;

namespace ClusterInitializer;

/// <summary>
/// Every rule that does not hold is a message. Not by attributes: the generated validator passes over their messages, so that nobody would read the setting's
/// name and value.
/// </summary>
internal sealed class ClusterSettingsValidation : IValidateOptions<ClusterSettings>
{
    public ValidateOptionsResult Validate(string? name, ClusterSettings options)
    {
        var failures = new List<string>();
        if (options.Nodes.Count == 0)
        {
            failures.Add("RedisCluster:Nodes is empty: name at least one node as host:port.");
        }

        foreach (var node in options.Nodes.Where(node => !IsAddress(node)))
        {
            failures.Add($"RedisCluster:Nodes contains '{node}': expected host:port with a port from 1 to 65535, like localhost:7001.");
        }

        foreach (var twice in options.Nodes.GroupBy(node => node, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            failures.Add($"RedisCluster:Nodes names '{twice.Key}' {twice.Count()} times: each node once.");
        }

        if (options is { Shards: { } shards, ReplicasPerShard: { } replicas } && shards * (1 + replicas) > options.Nodes.Count)
        {
            failures.Add($"RedisCluster:Shards = {shards} and RedisCluster:ReplicasPerShard = {replicas} need {shards * (1 + replicas)} nodes, RedisCluster:Nodes has {options.Nodes.Count}.");
        }

        Between(nameof(options.Shards), options.Shards ?? SettingLimits.FewestShards, SettingLimits.FewestShards, SettingLimits.MostShards);
        Between(nameof(options.ReplicasPerShard), options.ReplicasPerShard ?? 0, 0, SettingLimits.MostReplicas);
        Between(nameof(options.NodeTimeout), options.NodeTimeout, SettingLimits.ShortestNodeTimeout, SettingLimits.LongestNodeTimeout);
        Between(nameof(options.StartTimeout), options.StartTimeout, TimeSpan.Zero, SettingLimits.LongestStartTimeout);
        Between(nameof(options.Deadline), options.Deadline, SettingLimits.ShortestDeadline, SettingLimits.LongestDeadline);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Between<T>(string setting, T value, T least, T most)
            where T : IComparable<T>
        {
            if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            {
                failures.Add($"RedisCluster:{setting} is {value}: expected {least} to {most}.");
            }
        }
    }

    private static bool IsAddress(string node)
    {
        try
        {
            return NodeAddress.Parse(node).Host.Length > 0;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
