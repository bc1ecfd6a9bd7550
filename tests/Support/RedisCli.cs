using RedisCluster.Servers;

namespace Support;

/// <summary>redis-cli as the second opinion on a cluster: the one that came with the server that the tests start, else the one on PATH.</summary>
internal static class RedisCli
{
    /// <summary>Fails unless <c>redis-cli --cluster check</c> finds agreement and full coverage.</summary>
    /// <exception cref="ExpectationException">It finds something else, which is the message.</exception>
    public static async Task AssertClusterIsGoodAsync(RedisNode node)
    {
        var (exitCode, output) = await RunAsync(node, "--cluster", "check", $"{node.Address}:{node.Port}");
        ExpectationException.ThrowUnless(
            exitCode == 0 && output.Contains("All nodes agree about slots configuration", StringComparison.Ordinal) && output.Contains("All 16384 slots covered", StringComparison.Ordinal), output);
    }

    public static async Task<(int ExitCode, string Output)> RunAsync(RedisNode node, params string[] arguments)
    {
        var program = (await TestServers.DefaultAsync()).Client ?? "redis-cli";
        var run = await ToolRun.StartAsync(program, arguments, Runner.Token, environment: new Dictionary<string, string> { ["REDISCLI_AUTH"] = RedisNodes.Password });
        ExpectationException.ThrowUnless(node.IsRunning, $"Expected {node.EndPoint} to run.");
        return (run.ExitCode, run.Output + run.Error);
    }
}
