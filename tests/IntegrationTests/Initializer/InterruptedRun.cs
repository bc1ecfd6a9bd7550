using Support;
using Xunit;

namespace IntegrationTests.Initializer;

/// <summary>
/// One run of the initializer that comes to a sudden end. As the program that is killed (SIGKILL), or, because that takes a second each time, inside this process
/// with all its connections cut: nodes cannot tell the one from the other.
/// </summary>
internal static class InterruptedRun
{
    /// <summary>For a long run by hand: INTERRUPTIONS=kill kills the program wherever tests cut connections.</summary>
    private static readonly bool AlwaysKills = Environment.GetEnvironmentVariable("INTERRUPTIONS") == "kill";

    /// <summary>Runs until the nth change; what that was, or null when the run was done before, and the cluster ready.</summary>
    public static async Task<string?> EndAfterAsync(RedisNodes nodes, int change, int shards, int replicas, bool kill = false)
    {
        using var cutOff = new CutOff(change);
        var proxies = nodes.All.Select(node => new NodeProxy(node, cutOff.PassAsync)).ToArray();
        try
        {
            string[] endPoints = [.. proxies.Select(proxy => proxy.EndPoint)];
            await (kill || AlwaysKills ? KillAsync(cutOff, endPoints, shards, replicas) : CutAsync(cutOff, endPoints, shards, replicas));
            return cutOff.After;
        }
        finally
        {
            await Task.WhenAll(proxies.Select(proxy => proxy.DisposeAsync().AsTask()));
        }
    }

    private static async Task CutAsync(CutOff cutOff, string[] nodes, int shards, int replicas)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        cutOff.End = end.Cancel;
        try
        {
            var outcome = await Reconciliation.RunAsync(nodes, shards, replicas, cancellationToken: end.Token);
            Assert.True(cutOff.After is not null || outcome is RedisCluster.Execution.Outcome.Ready, outcome.ToString());
        }
        catch (OperationCanceledException) when (cutOff.After is not null)
        {
            return; // As it had to be.
        }
    }

    private static async Task KillAsync(CutOff cutOff, string[] nodes, int shards, int replicas)
    {
        using var process = InitializerProcess.Start(nodes, shards: shards, replicas: replicas);
        cutOff.End = process.Kill;
        var output = await Tool.OutputAsync(process);
        Assert.True(cutOff.After is not null || process.ExitCode == 0, output);
    }
}
