using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using EndToEndTests.App;
using RedisCluster.Wire;
using Xunit;

namespace EndToEndTests;

/// <summary>What an AppHost of one's own can say with the verbs of the builder.</summary>
public sealed class OwnAppHostTests
{
    private static readonly TimeSpan Formed = TimeSpan.FromSeconds(90);
    private static readonly string[] Clusters = ["redis", "orders"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(NodeForm.Process)]
    [InlineData(NodeForm.Container)]
    public async Task TwoClustersOfOneAppHostAndAnIsolatedRunBesideThemNeedNoSetting(NodeForm form)
    {
        var settings = new AppHostSettings(form) { Further = ["DcpPublisher:RandomizePorts=true"] };
        await using var first = await RunningAppHost.StartAsync(settings, builder => Add(builder, Clusters), Token);
        await using var second = await RunningAppHost.StartAsync(settings, builder => Add(builder, ["redis"]), Token);
        foreach (var run in (RunningAppHost[])[first, second])
        {
            await run.UntilAsync(resources => run.Clusters.All(cluster => resources[cluster.Name].Any(RunningAppHost.IsRunningAndHealthy)), "each cluster is running and healthy", Formed, Token);
        }

        var ports = new[] { first, second }.SelectMany(run => run.Clusters).SelectMany(cluster => cluster.Nodes).Select(node => node.Port).ToList();
        Assert.Equal((9, 9), (ports.Count, ports.Distinct().Count()));

        static void Add(IDistributedApplicationBuilder builder, IEnumerable<string> names)
        {
            foreach (var name in names)
            {
                builder.AddRedisCluster(name).WithReplicas(0).WithDataVolumes();
            }
        }
    }

    // The next start says that it found them by finding them: the servers are the same.
    [Theory]
    [InlineData(NodeForm.Process)]
    [InlineData(NodeForm.Container)]
    public async Task PersistentNodesRunOnAndAreFoundAgain(NodeForm form)
    {
        var settings = new AppHostSettings(form);
        try
        {
            var first = await RunAsync();
            var second = await RunAsync();
            Assert.Equal(first, second);
        }
        finally
        {
            await settings.EndNodesAsync(CancellationToken.None);
        }

        // The run ids of the servers, which are new ones after a restart.
        async Task<IReadOnlyList<string>> RunAsync()
        {
            await using var run = await RunningAppHost.StartAsync(
                settings, builder => builder.AddRedisCluster("redis").WithHostPort(settings.FirstPort).WithDataVolumes(settings.Marker).WithLifetime(ContainerLifetime.Persistent), Token);
            await run.UntilAsync(resources => resources["redis"].Any(RunningAppHost.IsRunningAndHealthy), "the cluster is running and healthy", Formed, Token);
            var ids = new List<string>();
            foreach (var node in Assert.Single(run.Clusters).Nodes)
            {
                await using var connection = await NodeConnection.OpenAsync(node.Setup.Reachable, user: null, settings.Password, TimeSpan.Zero, Token);
                ids.Add((await connection.SendAsync(["INFO", "server"], Token)).Text.Split('\n').Single(line => line.StartsWith("run_id:", StringComparison.Ordinal)));
            }

            return ids;
        }
    }

    [Fact]
    public async Task ExistingClusterIsWatchedAndLeftAlone()
    {
        await using var existing = await RedisClusterServers.StartAsync(new() { Password = "of-the-others" }, Token);
        var settings = new AppHostSettings(NodeForm.Process);
        await using (var run = await RunningAppHost.StartAsync(
            settings,
            builder => builder.AddRedisCluster("redis").WithPassword(builder.AddParameter("existing", "of-the-others", secret: true)).AsExisting([.. existing.Nodes.Select(node => $"localhost:{node.Port}")]),
            Token))
        {
            await run.UntilAsync(
                resources => resources["redis"].Any(RunningAppHost.IsRunningAndHealthy) && Enumerable.Range(1, 6).All(number => resources[$"redis-node-{number}"].Any(RunningAppHost.IsRunningAndHealthy)),
                "the cluster and its nodes are running and healthy", Formed, Token);
            Assert.Contains("0-5460", (await run.ExecuteAsync("redis", "topology", Token)).Data!.Value, StringComparison.Ordinal);
            await existing.KillAsync(existing.Nodes[0], Token);
            await run.UntilAsync(resources => resources["redis"].All(cluster => !RunningAppHost.IsRunningAndHealthy(cluster)), "the cluster is seen to be hurt", TimeSpan.FromSeconds(30), Token);
        }

        Assert.Equal(5, existing.Nodes.Count(node => node.IsRunning));
    }
}
