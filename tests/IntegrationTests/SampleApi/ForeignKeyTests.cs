using System.Net;
using System.Net.Http.Json;
using IntegrationTests.Client;
using Support;
using Xunit;

namespace IntegrationTests.SampleApi;

/// <summary>Anybody who may write to the cluster may have written to the keys that the API reads. No answer is a 500 for that, and no instance ends.</summary>
public sealed class ForeignKeyTests : ClusterTest
{
    private static readonly string[] Keys =
    [
        "{settings}", "{settings}:version", "{work}:stream", "{work}:dead", "{work}:job:0123456789abcdef0123456789abcdef", "{leaderboard:main}", "{leaderboard:main}:snapshot",
        "{leaderboard:main}:snapshot:about", "{lock:snapshots}", "{lock:snapshots}:fence", "text",
    ];

    private static readonly string[] Paths =
    [
        "/kv/text", "/work", "/work/01234567-89ab-cdef-0123-456789abcdef", "/work/dead-letters", "/leaderboards/main", "/leaderboards/main/anna", "/snapshots", "/snapshots/main",
        "/settings", "/limits", "/catalog/1", "/cart", "/cluster", "/alive",
    ];

    [Fact]
    public async Task OfAnyType()
    {
        var (nodes, api) = await StartAsync();
        await using var running = api;
        foreach (var write in new Func<string, string[]>[]
        {
            key => ["SET", key, "x"],
            key => ["SET", key, new string('9', 1000)],
            key => ["LPUSH", key, "x"],
            key => ["HSET", key, "token", "x", "at", "x", "by", "x", "state", "x", "attempts", "x", "RateLimit:Requests", new string('9', 100)],
            key => ["HSET", key, "token", "1", "at", "99999999999999"],
            key => ["ZADD", key, "inf", "anna"],
            key => ["XADD", key, "18446744073709551615-1", "attempts", "x", "kind", "x"],
        })
        {
            foreach (var key in Keys)
            {
                var primary = await FormedCluster.PrimaryOfAsync(nodes, nodes[0], key);
                // At once: the API writes some of the keys that are not there.
                await primary.AskAsync(["EVAL", "redis.call('DEL', KEYS[1]) return redis.call(unpack(ARGV))", "1", key, .. write(key)]);
            }

            foreach (var path in Paths)
            {
                using var answer = await api.Client.GetAsync(path, CancellationToken);
                Assert.True(answer.StatusCode != HttpStatusCode.InternalServerError, $"GET {path} after {string.Join(' ', write("key"))}: {await answer.Content.ReadAsStringAsync(CancellationToken)}");
            }
        }
    }

    // Each instance ended at its next look, and again at each start.
    [Fact]
    public async Task AVersionThatIsNoNumberCountsAsAnother()
    {
        var (nodes, api) = await StartAsync();
        await using var running = api;
        var primary = await FormedCluster.PrimaryOfAsync(nodes, nodes[0], "{settings}");
        await primary.AskAsync("HSET", "{settings}", "RateLimit:Requests", "33");
        await primary.AskAsync("SET", "{settings}:version", "x");
        await Limits.BecomesAsync(api.Client, 33);
        (await api.Client.PutAsJsonAsync("/settings/RateLimit:Requests", new { value = "34" }, CancellationToken)).EnsureSuccessStatusCode();
        await Limits.BecomesAsync(api.Client, 34);
        Assert.InRange((await primary.AskAsync("INCR", "{settings}:version")).Number, 2, long.MaxValue);
    }

    [Fact]
    public async Task ACounterThatIsNoNumberOrNeverEndsBeginsAnew()
    {
        var (nodes, api) = await StartAsync();
        await using var running = api;
        var quota = "{caller:address:127.0.0.1}:quota";
        var primary = await FormedCluster.PrimaryOfAsync(nodes, nodes[0], quota);
        foreach (var value in new[] { "x", "1.5", "5" })
        {
            await primary.AskAsync("SET", quota, value);
            Assert.Equal(HttpStatusCode.OK, (await api.Client.GetAsync("/limits", CancellationToken)).StatusCode);
            Assert.InRange((await primary.AskAsync("PTTL", quota)).Number, 1, 86_400_000);
        }
    }

    private async Task<(RedisNodes Nodes, ApiUnderTest Api)> StartAsync()
    {
        var nodes = await StartClusterAsync();
        var api = ApiUnderTest.Start(nodes, ("Snapshots:Every", "00:00:00.100"), ("Snapshots:LockLength", "00:00:00.300"), ("Work:ReclaimAfter", "00:00:00.100"), ("Work:HandleWithin", "00:00:00.050"));
        await api.HealthyAsync();
        return (nodes, api);
    }
}
