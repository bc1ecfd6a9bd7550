using System.Diagnostics;
using Xunit;

namespace Support;

/// <summary>redis-cli as the second opinion on a cluster: the one that came with the server that the tests start, else the one on PATH.</summary>
internal static class RedisCli
{
    /// <summary>Fails unless <c>redis-cli --cluster check</c> finds agreement and full coverage.</summary>
    public static async Task AssertClusterIsGoodAsync(RedisNode node)
    {
        var (exitCode, output) = await RunAsync(node, "--cluster", "check", $"{node.Address}:{node.Port}");
        Assert.True(exitCode == 0 && output.Contains("All nodes agree about slots configuration", StringComparison.Ordinal), output);
        Assert.Contains("All 16384 slots covered", output, StringComparison.Ordinal);
    }

    public static async Task<(int ExitCode, string Output)> RunAsync(RedisNode node, params string[] arguments)
    {
        var start = new ProcessStartInfo((await TestServers.DefaultAsync()).Client ?? "redis-cli", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["REDISCLI_AUTH"] = RedisNodes.Password;
        using var process = Process.Start(start) ?? throw new InvalidOperationException("Expected redis-cli to start.");
        var output = await ProgramOutput.ReadAsync(process);
        Assert.True(node.IsRunning, $"Expected {node.EndPoint} to run.");
        return (process.ExitCode, output);
    }
}
