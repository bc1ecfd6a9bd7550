using System.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RedisCluster.Client;
using StackExchange.Redis;
using Support;
using Xunit;

namespace IntegrationTests.Client;

/// <summary>A node that answers and refuses: it is said at once and by its name, and nothing waits for it as for a failover.</summary>
public sealed class RefusedWritesTests : ClusterTest
{
    private const string Whole = "16384/16384 slots served by 3 shards; 6/6 nodes usable";

    // What a failover passes through is waited for a little.
    [Theory]
    [InlineData("OOM", 0)]
    [InlineData("MISCONF", 0)]
    [InlineData("NOREPLICAS", 3)]
    public async Task AreSaidAtOnceLoggedOnceAndKnownToHealthUntilTheyEnd(string code, int patience)
    {
        var nodes = await StartClusterAsync();
        await using var host = await ClientHost.StartAsync(FormedCluster.ConnectionString(nodes), cancellationToken: CancellationToken);
        await HealthTests.ExpectAsync(host, HealthStatus.Healthy, Whole);
        var database = host.Get<IDatabaseAsync>();
        await database.StringSetAsync("key", "before");
        var full = await FormedCluster.PrimaryOfAsync(nodes, nodes[0], "key");
        await WriteRefusal.BeginAsync(full, code);

        var watch = Stopwatch.StartNew();
        var refusals = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ => await Assert.ThrowsAsync<RedisServerException>(() => database.StringSetAsync("key", "after"))));
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(patience), TimeSpan.FromSeconds(patience + 2));
        Assert.All(refusals, refusal => Assert.Equal(code, ServerRefusal.CodeOf(refusal)));
        Assert.Equal("before", await database.StringGetAsync("key"));
        await HealthTests.ExpectAsync(host, HealthStatus.Degraded, $"{Whole}; {full.EndPoint} refuses writes: {code}");
        await LogsAsync(host, $"{full.EndPoint} of redis refuses writes: {code} ");

        await WriteRefusal.EndAsync(full, code);
        Assert.True(await database.StringSetAsync("key", "after"));
        await HealthTests.ExpectAsync(host, HealthStatus.Healthy, Whole);
        await LogsAsync(host, $"{full.EndPoint} of redis refuses writes no longer");
        Assert.Single(host.Log, line => line.Contains("refuse", StringComparison.Ordinal) && !line.Contains("no longer", StringComparison.Ordinal));
    }

    // Whoever calls, and without the repeating database: packages use the connection too. Of a transaction the driver says only that it was discarded.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AreLoggedForCallsThatNobodyRepeatsToo(bool isTransaction)
    {
        var nodes = await StartClusterAsync();
        await using var host = await ClientHost.StartAsync(
            FormedCluster.ConnectionString(nodes), settings => (settings.DisableTracing, settings.DisableMetrics) = (true, true), CancellationToken);
        var full = await FormedCluster.PrimaryOfAsync(nodes, nodes[0], "key");
        await WriteRefusal.BeginAsync(full, "OOM");
        var database = host.Get<IDatabase>();
        var transaction = isTransaction ? database.CreateTransaction() : null;
        var write = ((IDatabaseAsync?)transaction ?? database).StringSetAsync("key", "value");
        await (transaction is null ? Task.CompletedTask : Assert.ThrowsAsync<RedisServerException>(() => transaction.ExecuteAsync()));
        await Assert.ThrowsAsync<RedisServerException>(() => write);
        await LogsAsync(host, $"{full.EndPoint} of redis refuses writes: OOM ");
    }

    // Health cannot say it: nobody but the caller knows what the user was to be able to do.
    [Fact]
    public async Task ARightThatTheUserLacksIsSaidOnceAndIsNoStateOfANode()
    {
        var nodes = await StartClusterAsync();
        await Task.WhenAll(nodes.All.Select(node => node.AskAsync("ACL", "SETUSER", "reader", "on", ">reads", "~*", "&*", "+@all", "-set")));
        var connectionString = $"{string.Join(',', nodes.EndPoints)},user=reader,password=reads,abortConnect=false";
        await using var host = await ClientHost.StartAsync(connectionString, cancellationToken: CancellationToken);
        await HealthTests.ExpectAsync(host, HealthStatus.Healthy, Whole);

        var watch = Stopwatch.StartNew();
        for (var call = 0; call < 10; call++)
        {
            var refusal = await Assert.ThrowsAsync<RedisServerException>(() => host.Get<IDatabaseAsync>().StringSetAsync("key", "value"));
            Assert.Equal("NOPERM", ServerRefusal.CodeOf(refusal));
        }

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.True((await host.Get<IDatabaseAsync>().StringGetAsync("key")).IsNull);
        await LogsAsync(host, "Calls to redis are refused: NOPERM ");
        await HealthTests.ExpectAsync(host, HealthStatus.Healthy, Whole);
        Assert.Single(host.Log, line => line.Contains("refuse", StringComparison.Ordinal));
    }

    private static Task LogsAsync(ClientHost host, string words) => Eventually.HoldsAsync(
        $"a line in the log: {words}",
        () => host.Log.Any(line => line.StartsWith(words, StringComparison.Ordinal)),
        TimeSpan.FromSeconds(10),
        found: () => string.Join('\n', host.Log));
}
