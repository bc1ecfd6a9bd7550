using System.Runtime.CompilerServices;
using StackExchange.Redis;
using Xunit;

// As a user's tests: code of docs/testing.md, word for word.
#pragma warning disable xUnit1051

namespace IntegrationTests.Testing;

public sealed class ClusterFixture : IAsyncLifetime
{
    public RedisClusterServers Cluster { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Cluster = await RedisClusterServers.StartAsync();

    public async ValueTask DisposeAsync() => await Cluster.DisposeAsync();
}

public sealed class OrderTests(ClusterFixture fixture) : IClassFixture<ClusterFixture>
{
    [Fact]
    public async Task TheFixtureHasACluster()
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(fixture.Cluster.ConnectionString);
        Assert.True(await redis.GetDatabase().StringSetAsync("order", "1"));
    }
}

public sealed class DocumentedTests
{
    [Fact]
    public async Task TheDocumentsTestPasses()
    {
        await using var cluster = await RedisClusterServers.StartAsync(new() { Shards = 3, ReplicasPerShard = 1 });
        await using var redis = await ConnectionMultiplexer.ConnectAsync(cluster.ConnectionString);
        await redis.GetDatabase().StringSetAsync("key", "value");

        var primary = await cluster.PrimaryOfAsync("key");
        await cluster.KillAsync(primary);
        var promoted = await cluster.WaitForFailoverAsync(primary);

        await cluster.RestartAsync(primary);
        await cluster.WaitUntilReadyAsync();
        await cluster.FailOverAsync(promoted);
        await cluster.MoveSlotsAsync([await cluster.SlotOfAsync("key")], cluster.Nodes[2]);
        await cluster.ReconcileAsync();
        await redis.GetDatabase().StringSetAsync("key", "another value");
    }

    [Fact]
    public void EveryLineOfCodeInTheDocumentIsCompiledAndTestedHere() => DocumentedCode.AssertIsTested(Here("../../../docs/testing.md"), Here("DocumentedTests.cs"));

    private static string Here(string path, [CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, path);
}
