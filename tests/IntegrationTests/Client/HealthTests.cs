using System.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Support;
using Xunit;

namespace IntegrationTests.Client;

public sealed class HealthTests : ClusterTest
{
    [Fact]
    public async Task HealthGoesFromHealthyOverUnhealthyToDegradedAndBackWhenAPrimaryDies()
    {
        var nodes = await StartClusterAsync(nodeTimeoutMilliseconds: 1000);
        await using var host = await ClientHost.StartAsync(FormedCluster.ConnectionString(nodes), cancellationToken: CancellationToken);
        await ExpectAsync(host, HealthStatus.Healthy, "16384/16384 slots served by 3 shards; 6/6 nodes usable");

        await nodes[0].KillAsync();
        await ExpectAsync(host, HealthStatus.Unhealthy, "slots 0-5460 have no reachable primary");
        await ExpectAsync(host, HealthStatus.Degraded, "shard 0-5460 has no replica online");

        await nodes[0].StartAsync();
        await ExpectAsync(host, HealthStatus.Healthy, "16384/16384 slots served by 3 shards; 6/6 nodes usable");
    }

    // A hung node keeps its connections open: only the missing answer tells.
    [Fact]
    public async Task HealthIsKnownWithinSecondsWhileNodesHang()
    {
        var nodes = await StartClusterAsync(nodeTimeoutMilliseconds: 30_000); // no failover during the test
        await using var host = await ClientHost.StartAsync(FormedCluster.ConnectionString(nodes), cancellationToken: CancellationToken);
        await ExpectAsync(host, HealthStatus.Healthy, "6/6 nodes usable");

        nodes[0].Hang();
        Assert.Contains("slots 0-5460 have no reachable primary", await UnhealthyAsync(host), StringComparison.Ordinal);
        foreach (var node in nodes.All.Skip(1))
        {
            node.Hang();
        }

        Assert.NotEmpty(await UnhealthyAsync(host));
        foreach (var node in nodes.All)
        {
            node.Resume();
        }

        await ExpectAsync(host, HealthStatus.Healthy, "6/6 nodes usable");
    }

    // The first to be asked: the others know the cluster all the same.
    [Fact]
    public async Task ANodeThatAScriptHoldsIsNamedWhileTheOthersTellOfTheCluster()
    {
        var nodes = await StartClusterAsync(nodeTimeoutMilliseconds: 30_000); // no failover during the test
        await using var host = await ClientHost.StartAsync(FormedCluster.ConnectionString(nodes), cancellationToken: CancellationToken);
        await ExpectAsync(host, HealthStatus.Healthy, "6/6 nodes usable");
        await nodes[0].AskAsync("CONFIG", "SET", "busy-reply-threshold", "1");
        var script = nodes[0].AskAsync("EVAL", "while true do end", "0");
        await ExpectAsync(host, HealthStatus.Unhealthy, $"5/6 nodes usable; slots 0-5460 have no reachable primary; {nodes[0].EndPoint} is busy"); // and nothing of the lag that only it knows
        await nodes[0].AskAsync("SCRIPT", "KILL");
        await Assert.ThrowsAnyAsync<Exception>(() => script);
        await ExpectAsync(host, HealthStatus.Healthy, "6/6 nodes usable");
    }

    private static async Task<string> UnhealthyAsync(ClientHost host)
    {
        var watch = Stopwatch.StartNew();
        var report = await host.Get<HealthCheckService>().CheckHealthAsync(CancellationToken);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(4)); // one timeout of a command, and then it is known that nobody answers
        Assert.Equal(HealthStatus.Unhealthy, report.Status);
        return report.Entries["redis-cluster"].Description!;
    }

    internal static async Task ExpectAsync(ClientHost host, HealthStatus status, string words)
    {
        var last = "";
        await Eventually.HoldsAsync(
            $"health is {status}: {words}",
            async token =>
            {
                var report = await host.Get<HealthCheckService>().CheckHealthAsync(token);
                last = $"{report.Status}: {report.Entries["redis-cluster"].Description}";
                return report.Status == status && last.Contains(words, StringComparison.Ordinal);
            },
            found: () => last);
    }
}
