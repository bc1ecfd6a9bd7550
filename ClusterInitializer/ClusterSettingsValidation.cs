using Microsoft.Extensions.Options;
using RedisCluster;
using RedisCluster.Topology;

namespace ClusterInitializer;

/// <summary>The rules of the attributes.</summary>
[OptionsValidator]
internal sealed partial class ClusterSettingsRanges : IValidateOptions<ClusterSettings>;

/// <summary>The rules that need more than one value, or a value shown as it is written in the settings.</summary>
internal sealed class ClusterSettingsRules : IValidateOptions<ClusterSettings>
{
    public ValidateOptionsResult Validate(string? name, ClusterSettings options)
    {
        var failures = new List<string>();
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

        Between(nameof(options.NodeTimeout), options.NodeTimeout, SettingLimits.ShortestNodeTimeout, SettingLimits.LongestNodeTimeout);
        Between(nameof(options.StartTimeout), options.StartTimeout, TimeSpan.Zero, SettingLimits.LongestStartTimeout);
        Between(nameof(options.Deadline), options.Deadline, SettingLimits.ShortestDeadline, SettingLimits.LongestDeadline);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Between(string setting, TimeSpan value, TimeSpan least, TimeSpan most)
        {
            if (value < least || value > most)
            {
                failures.Add($"RedisCluster:{setting} is {value}: expected a time from {least} to {most}.");
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
