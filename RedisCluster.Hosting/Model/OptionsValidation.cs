using Aspire.Hosting;
using RedisCluster.Topology;

namespace RedisCluster.Hosting.Model;

/// <summary>The rules that values must keep by themselves and together; each problem names the value found, what is expected and what to do.</summary>
internal static class OptionsValidation
{
    private const int MostNodes = 200;
    private const int SmallestPort = 1024;

    public static IEnumerable<string> Problems(RedisClusterOptions options)
    {
        if (options.Shards < SettingLimits.FewestShards)
        {
            yield return $"{options.OriginOf(nameof(options.Shards))} is {options.Shards}; expected {SettingLimits.FewestShards} or more, because a failover needs a majority of primaries.";
        }

        if (options.ReplicasPerShard is < 0 or > SettingLimits.MostReplicas)
        {
            yield return $"{options.OriginOf(nameof(options.ReplicasPerShard))} is {options.ReplicasPerShard}; expected 0 to {SettingLimits.MostReplicas}.";
        }

        if (options is { Shards: >= SettingLimits.FewestShards, ReplicasPerShard: >= 0 and <= SettingLimits.MostReplicas } && options.Shards > MostNodes / (1 + options.ReplicasPerShard))
        {
            yield return $"{options.OriginOf(nameof(options.Shards))} is {options.Shards} with {options.ReplicasPerShard} replicas each; expected {MostNodes} nodes or fewer on one machine.";
        }
        else if (PortProblem(options) is { } problem)
        {
            yield return problem;
        }

        if (options.NodeTimeout < SettingLimits.ShortestNodeTimeout || options.NodeTimeout > SettingLimits.LongestNodeTimeout)
        {
            yield return $"{options.OriginOf(nameof(options.NodeTimeout))} is {options.NodeTimeout:c}; expected {SettingLimits.ShortestNodeTimeout:c} to {SettingLimits.LongestNodeTimeout:c}.";
        }

        if (!Enum.IsDefined(options.Runtime))
        {
            yield return $"{options.OriginOf(nameof(options.Runtime))} is {(int)options.Runtime}; expected {string.Join(", ", Enum.GetNames<RedisClusterRuntime>())}.";
        }
    }

    private static string? PortProblem(RedisClusterOptions options)
    {
        var nodes = Math.Max(1, options.NodeCount);
        var largest = BusPort.LargestPort - BusPort.Offset - nodes + 1;
        return options.FirstPort < SmallestPort || options.FirstPort > largest
            ? $"{options.OriginOf(nameof(options.FirstPort))} is {options.FirstPort}; expected {SmallestPort} to {largest}, so that the ports of {nodes} nodes and their bus ports (port + {BusPort.Offset}) end at {BusPort.LargestPort} or below."
            : null;
    }
}
