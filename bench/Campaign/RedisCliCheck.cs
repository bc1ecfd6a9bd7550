using RedisCluster.Topology;
using Support;

namespace Bench.Campaign;

/// <summary><c>redis-cli --cluster check</c> as the second opinion.</summary>
internal static class RedisCliCheck
{
    /// <summary>What it has to say against the cluster; empty when it agrees that all is good.</summary>
    public static async Task<string> ComplaintAsync(NodeAddress node)
    {
        var program = (await TestServers.DefaultAsync()).Client ?? "redis-cli";
        var run = await ToolRun.StartAsync(program, ["--cluster", "check", node.ToString()], CancellationToken.None, environment: new Dictionary<string, string> { ["REDISCLI_AUTH"] = RedisNodes.Password });
        var isGood = run.Succeeded
            && run.Output.Contains("All nodes agree about slots configuration", StringComparison.Ordinal)
            && run.Output.Contains("All 16384 slots covered", StringComparison.Ordinal);
        return isGood ? "" : $"{run.Output}{run.Error} ";
    }
}
