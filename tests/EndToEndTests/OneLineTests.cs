using Aspire.Hosting;
using EndToEndTests.App;
using Xunit;

namespace EndToEndTests;

/// <summary>An AppHost that says AddRedisCluster("redis") and nothing else about it.</summary>
public sealed class OneLineTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Form", nameof(NodeForm.Process))]
    public async Task OneLineGivesAFormedClusterThatItsButtonHeals()
    {
        string data;
        await using (var run = await RunningAppHost.StartAsync(new AppHostSettings(NodeForm.Process) { Further = ["DcpPublisher:RandomizePorts=true"] }, builder => builder.AddRedisCluster("redis"), Token))
        {
            await FormsAndHealsAsync(run);
            data = Assert.Single(run.Clusters).Setup.TemporaryFolder;
            Assert.True(Directory.Exists(data));
        }

        Assert.False(Directory.Exists(data), "Expected that nothing is kept where nobody asked for it.");
    }

    private static async Task FormsAndHealsAsync(RunningAppHost run)
    {
        await UntilFormedAsync(run);
        await run.UntilLinesAsync("redis-initializer", 1, line => line.Contains("Ready after ", StringComparison.Ordinal), "the step says that the cluster is ready", TimeSpan.FromSeconds(10));

        await run.ExecuteAsync("redis", "run-initializer", Token);
        await run.UntilLinesAsync("redis-initializer", 2, line => line.Contains("Ready after ", StringComparison.Ordinal), "the step ran again", TimeSpan.FromSeconds(30));
        await UntilFormedAsync(run);
    }

    private static async Task UntilFormedAsync(RunningAppHost run) =>
        await run.UntilAsync(
            resources => resources["redis"].Any(RunningAppHost.IsRunningAndHealthy) && resources["redis-initializer"].Any(step => step is { State.Text: "Finished", ExitCode: 0 }),
            "redis is running and healthy, redis-initializer finished with exit code 0", TimeSpan.FromSeconds(90), Token);
}
