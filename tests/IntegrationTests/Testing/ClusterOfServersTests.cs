using StackExchange.Redis;
using Support;
using Xunit;

namespace IntegrationTests.Testing;

/// <summary>RedisCluster.Testing as its users have it: by its public members alone.</summary>
public sealed class ClusterOfServersTests
{
    private const string Key = "key";
    private static readonly TimeSpan NodeTimeout = TimeSpan.FromSeconds(1);

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AStartedClusterIsReadyForADriverAndForRedisCli()
    {
        await using var cluster = await StartAsync(new() { Password = RedisNodes.Password });
        await using var redis = await ConnectionMultiplexer.ConnectAsync(cluster.ConnectionString);
        await AssertKeysCanBeWrittenAsync(redis.GetDatabase());
        await RedisCli.AssertClusterIsGoodAsync(cluster.Nodes[0]);
        Assert.Equal(cluster.Nodes.Take(3), await cluster.PrimariesAsync(CancellationToken));
        Assert.Equal(cluster.Nodes.Skip(3), await cluster.ReplicasAsync(CancellationToken));
        Assert.Equal(await cluster.PrimaryOfAsync(Key, CancellationToken), Assert.Single(cluster.Nodes, node => $"{redis.GetDatabase().IdentifyEndpoint(Key)}".EndsWith($":{node.Port}", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task APasswordIsGeneratedAndNoneIsOneOfTheChoices()
    {
        await using var generated = await StartAsync(new() { ReplicasPerShard = 0 });
        await using var open = await StartAsync(new() { ReplicasPerShard = 0, Password = "" });
        Assert.Equal(32, generated.Password!.Length);
        Assert.Null(open.Password);
        Assert.DoesNotContain("password", open.ConnectionString, StringComparison.Ordinal);
        await using var redis = await ConnectionMultiplexer.ConnectAsync(open.ConnectionString);
        await AssertKeysCanBeWrittenAsync(redis.GetDatabase());
        await using var stranger = await ConnectionMultiplexer.ConnectAsync($"{string.Join(',', generated.EndPoints)},abortConnect=false");
        await Assert.ThrowsAnyAsync<RedisException>(() => stranger.GetDatabase().StringGetAsync(Key));
    }

    [Fact]
    public async Task AKilledPrimaryIsReplacedAndComesBackAsAReplica()
    {
        await using var cluster = await StartAsync(new() { NodeTimeout = NodeTimeout });
        var primary = await cluster.PrimaryOfAsync(Key, CancellationToken);
        var replica = Assert.Single(await cluster.ReplicasOfAsync(primary, CancellationToken));
        await cluster.KillAsync(primary, CancellationToken);
        Assert.False(primary.IsRunning);
        Assert.Equal(replica, await cluster.WaitForFailoverAsync(primary, CancellationToken));
        Assert.Equal(replica, await cluster.PrimaryOfAsync(Key, CancellationToken));
        await cluster.RestartAsync(primary, CancellationToken);
        await cluster.WaitUntilReadyAsync(CancellationToken);
        Assert.Equal([primary], await cluster.ReplicasOfAsync(replica, CancellationToken));
    }

    [Fact]
    public async Task APrimaryThatHangsIsReplacedAndGoesOnAsAReplica()
    {
        await using var cluster = await StartAsync(new() { NodeTimeout = NodeTimeout });
        var primary = await cluster.PrimaryOfAsync(Key, CancellationToken);
        await cluster.HangAsync(primary, CancellationToken);
        Assert.True(primary is { IsRunning: true, IsHanging: true });
        var promoted = await cluster.WaitForFailoverAsync(primary, CancellationToken);
        cluster.Resume(primary);
        await cluster.WaitUntilReadyAsync(CancellationToken);
        Assert.Equal([primary], await cluster.ReplicasOfAsync(promoted, CancellationToken));
    }

    [Fact]
    public async Task APrimaryThatIsCutOffIsReplacedAndBecomesAReplicaWhenThePartitionHeals()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has every 127.x.x.x address without preparation.");
        await using var cluster = await StartAsync(new() { NodeTimeout = NodeTimeout, CanBePartitioned = true });
        var primary = await cluster.PrimaryOfAsync(Key, CancellationToken);
        var other = (await cluster.ReplicasAsync(CancellationToken))[0] is var replica && (await cluster.ReplicasOfAsync(primary, CancellationToken)).Contains(replica)
            ? (await cluster.ReplicasAsync(CancellationToken))[1] : replica;
        await cluster.PartitionAsync([primary, other], CancellationToken);
        var promoted = await cluster.WaitForFailoverAsync(primary, CancellationToken);
        Assert.Equal("PONG", await primary.AskTextAsync("PING"));
        await Eventually.HoldsAsync("the replica on the other side lost its primary", async _ => (await other.AskTextAsync("INFO", "replication")).Contains("master_link_status:down", StringComparison.Ordinal));
        Assert.Equal(promoted, await cluster.PrimaryOfAsync(Key, CancellationToken));
        cluster.Heal();
        await cluster.WaitUntilReadyAsync(CancellationToken);
        Assert.Equal([primary], await cluster.ReplicasOfAsync(promoted, CancellationToken));
    }

    [Fact]
    public async Task WithoutProxiesAPartitionIsRefusedWithTheOptionThatIsMissing()
    {
        await using var cluster = await StartAsync(new() { ReplicasPerShard = 0 });
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => cluster.PartitionAsync([cluster.Nodes[0]], CancellationToken));
        Assert.Contains("CanBePartitioned = true", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFailoverByHandSwapsPrimaryAndReplicaWithTheirKeys()
    {
        await using var cluster = await StartAsync();
        await using var redis = await ConnectionMultiplexer.ConnectAsync(cluster.ConnectionString);
        await redis.GetDatabase().StringSetAsync(Key, "value");
        var primary = await cluster.PrimaryOfAsync(Key, CancellationToken);
        var promoted = await cluster.FailOverAsync(primary, CancellationToken);
        Assert.NotEqual(primary, promoted);
        Assert.Equal(promoted, await cluster.PrimaryOfAsync(Key, CancellationToken));
        await cluster.WaitUntilReadyAsync(CancellationToken);
        Assert.Equal([primary], await cluster.ReplicasOfAsync(promoted, CancellationToken));
        Assert.Equal("value", await redis.GetDatabase().StringGetAsync(Key));
    }

    [Fact]
    public async Task AReplicaTakesOverByForceFromAPrimaryThatIsGone()
    {
        await using var cluster = await StartAsync();
        var primary = await cluster.PrimaryOfAsync(Key, CancellationToken);
        await cluster.KillAsync(primary, CancellationToken);
        Assert.Equal(await cluster.FailOverAsync(primary, CancellationToken), await cluster.PrimaryOfAsync(Key, CancellationToken));
    }

    [Fact]
    public async Task SlotsMoveWithTheirKeysAndAreBalancedAgain()
    {
        await using var cluster = await StartAsync(new() { ReplicasPerShard = 0 });
        await using var redis = await ConnectionMultiplexer.ConnectAsync(cluster.ConnectionString);
        await redis.GetDatabase().StringSetAsync(Key, "value");
        var source = await cluster.PrimaryOfAsync(Key, CancellationToken);
        var target = cluster.Nodes.First(node => node != source);
        var slot = await cluster.SlotOfAsync(Key, CancellationToken);
        await cluster.MoveSlotsAsync(Enumerable.Range(slot - 200, 201), target, CancellationToken);
        Assert.Equal(target, await cluster.PrimaryOfAsync(Key, CancellationToken));
        Assert.Equal("value", await redis.GetDatabase().StringGetAsync(Key));
        await cluster.WaitUntilReadyAsync(CancellationToken);

        await cluster.ReconcileAsync(CancellationToken);
        await redis.GetDatabase().StringSetAsync(Key, "written after the balance");
        await cluster.WaitUntilReadyAsync(CancellationToken);
    }

    [Fact]
    public async Task AWipedPrimaryComesBackAsAReplicaAndNoKeyIsLost()
    {
        await using var cluster = await StartAsync(new() { NodeTimeout = NodeTimeout });
        await using var redis = await ConnectionMultiplexer.ConnectAsync(cluster.ConnectionString);
        await redis.GetDatabase().StringSetAsync(Key, "value");
        var primary = await cluster.PrimaryOfAsync(Key, CancellationToken);
        await cluster.KillAsync(primary, CancellationToken);
        var promoted = await cluster.WaitForFailoverAsync(primary, CancellationToken);
        await cluster.WipeAsync(primary, CancellationToken);
        await cluster.ReconcileAsync(CancellationToken);
        Assert.Equal([primary], await cluster.ReplicasOfAsync(promoted, CancellationToken));
        Assert.Equal("value", await redis.GetDatabase().StringGetAsync(Key));
    }

    [Fact]
    public async Task AWaitThatFailsSaysWhatWasExpectedAndShowsEveryNodeWithItsLog()
    {
        await using var cluster = await StartAsync(new() { ReplicasPerShard = 0, Deadline = TimeSpan.FromSeconds(10) });
        await cluster.KillAsync(cluster.Nodes[1], CancellationToken);
        var failure = await Assert.ThrowsAsync<ExpectationException>(() => cluster.WaitUntilReadyAsync(CancellationToken));
        Assert.StartsWith($"Expected within 10 s: every node is ready. Found: {cluster.Nodes[1]}: expected an answer, found connection refused; ", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"--- {cluster.Nodes[1]} at 127.0.0.1\nnot running\n", failure.Message, StringComparison.Ordinal);
        Assert.All(cluster.Nodes, node => Assert.Contains($"--- {node} at 127.0.0.1\n", failure.Message, StringComparison.Ordinal));
        Assert.Contains("Ready to accept connections", failure.Message, StringComparison.Ordinal);

        failure = await Assert.ThrowsAsync<ExpectationException>(() => cluster.WaitForFailoverAsync(cluster.Nodes[1], CancellationToken));
        Assert.StartsWith("Expected within 10 s: a replica takes over slots 5461-10922 of ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(
            "nothing was", (await Assert.ThrowsAsync<ExpectationException>(() => cluster.WaitForFailoverAsync(cluster.Nodes[0], CancellationToken))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALineOfSettingsThatTheServerRefusesIsNamedInItsOwnWords()
    {
        var failure = await Assert.ThrowsAsync<ExpectationException>(() => StartAsync(new() { NodeSettings = ["no-such-directive yes"] }));
        Assert.Contains("to run, but it ended", failure.Message, StringComparison.Ordinal);
        Assert.Contains("no-such-directive", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LinesOfSettingsReachEveryNodeAndSurviveARestart()
    {
        await using var cluster = await StartAsync(new() { ReplicasPerShard = 0, NodeSettings = ["maxmemory 50mb"], NodeTimeout = NodeTimeout });
        await cluster.RestartAsync(cluster.Nodes[0], CancellationToken);
        await cluster.WaitUntilReadyAsync(CancellationToken);
        Assert.Equal("52428800", (await cluster.Nodes[0].AskAsync("CONFIG", "GET", "maxmemory")).Items[1].Text);
        Assert.Equal("1000", (await cluster.Nodes[0].AskAsync("CONFIG", "GET", "cluster-node-timeout")).Items[1].Text);
    }

    [Fact]
    public async Task TenClustersSideBySideHaveNodesOfTheirOwnAndLeaveNothing()
    {
        var clusters = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => StartAsync(new() { ReplicasPerShard = 0, Deadline = TimeSpan.FromMinutes(2) })));
        try
        {
            Assert.Equal(30, clusters.SelectMany(cluster => cluster.EndPoints).Distinct().Count());
            Assert.All(await Task.WhenAll(clusters.Select(cluster => cluster.PrimariesAsync(CancellationToken))), primaries => Assert.Equal(3, primaries.Count));
        }
        finally
        {
            await Task.WhenAll(clusters.Select(cluster => cluster.DisposeAsync().AsTask()));
        }

        Assert.All(clusters, cluster => Assert.False(Directory.Exists(Path.GetDirectoryName(cluster.Nodes[0].Folder))));
        Assert.All(clusters.SelectMany(cluster => cluster.Nodes), node => Assert.True(!node.IsRunning && FreePorts.IsFree(node.Port)));
    }

    [Fact]
    public async Task NothingIsLeftOfADisposedCluster()
    {
        var cluster = await StartAsync(new() { ReplicasPerShard = 0 });
        var folder = Path.GetDirectoryName(cluster.Nodes[0].Folder)!;
        Assert.True(Directory.Exists(folder));
        await cluster.DisposeAsync();
        Assert.False(Directory.Exists(folder));
        Assert.All(cluster.Nodes, node => Assert.False(node.IsRunning));
        Assert.All(cluster.Nodes, node => Assert.True(FreePorts.IsFree(node.Port)));
    }

    private static async Task<RedisClusterServers> StartAsync(RedisClusterServersOptions? options = null)
    {
        try
        {
            return await RedisClusterServers.StartAsync(options, CancellationToken);
        }
        catch (RedisServerNotFoundException exception)
        {
            Runner.SkipUnlessInCI(exception.Message);
            throw;
        }
    }

    private static async Task AssertKeysCanBeWrittenAsync(IDatabase database)
    {
        var keys = Enumerable.Range(0, 100).Select(index => $"key-{index}").ToList();
        await Task.WhenAll(keys.Select(key => database.StringSetAsync(key, key)));
        Assert.All(await Task.WhenAll(keys.Select(async key => (key, Value: (string?)await database.StringGetAsync(key)))), stored => Assert.Equal(stored.key, stored.Value));
    }
}
