using System.Diagnostics;
using System.Net;
using IntegrationTests.Client;
using Support;
using Xunit;

namespace IntegrationTests.SampleApi;

public sealed class OutageTests : ClusterTest
{
    [Fact]
    public async Task TheApiStartsBeforeTheClusterSaysSoAndWorksAsSoonAsItIsThere()
    {
        var nodes = await StartNodesAsync(6);
        await Task.WhenAll(nodes.All.Select(node => node.KillAsync()));
        await using var api = ApiUnderTest.Start(nodes);

        Assert.Equal(HttpStatusCode.OK, (await api.Client.GetAsync("/alive", CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await api.Client.GetAsync("/health", CancellationToken)).StatusCode);
        var watch = Stopwatch.StartNew();
        var refused = await api.Client.GetAsync("/kv/key", CancellationToken);
        await Problem.ExpectAsync(HttpStatusCode.ServiceUnavailable, refused);
        Assert.Equal(TimeSpan.FromSeconds(2), refused.Headers.RetryAfter?.Delta);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await api.Client.GetAsync("/cluster", CancellationToken)).StatusCode);

        await Task.WhenAll(nodes.All.Select(node => node.StartAsync()));
        await FormedCluster.FormAsync(nodes);
        await api.HealthyAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await api.Client.PutAsync("/kv/key", new StringContent("text"), CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task AHungPrimaryHoldsNoRequestLongerThanTheFailover()
    {
        var nodes = await StartClusterAsync(nodeTimeoutMilliseconds: 1000);
        await using var api = ApiUnderTest.Start(nodes);
        (await api.Client.PutAsync("/kv/key", new StringContent("before"), CancellationToken)).EnsureSuccessStatusCode();
        var victim = await FormedCluster.PrimaryOfAsync(nodes, nodes[0], "key");
        victim.Hang();

        var watch = Stopwatch.StartNew();
        Assert.Equal(HttpStatusCode.NoContent, (await api.Client.PutAsync("/kv/key", new StringContent("after"), CancellationToken)).StatusCode);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Equal("after", await api.Client.GetStringAsync("/kv/key", CancellationToken));
        victim.Resume();
    }

    // However long the client would go on trying.
    [Fact]
    public async Task NoRouteTakesLongerThanARequestMay()
    {
        var nodes = await StartClusterAsync(nodeTimeoutMilliseconds: 60_000); // no failover during the test
        await using var api = ApiUnderTest.Start(nodes, ("Aspire:RedisCluster:Client:RetryFor", "00:02:00"));
        await api.HealthyAsync();
        var tags = new Dictionary<string, string> { ["{leaderboard:main}"] = "/leaderboards/main", ["{work}"] = "/work/01234567-89ab-cdef-0123-456789abcdef", ["key"] = "/kv/key" };
        foreach (var node in nodes.All.Take(3))
        {
            // One at a time: without any node the client gives up by itself.
            var paths = new List<string>();
            foreach (var (tag, path) in tags)
            {
                if (await FormedCluster.PrimaryOfAsync(nodes, nodes.All.First(other => other != node), tag) == node)
                {
                    paths.Add(path);
                }
            }

            if (paths.Count > 0)
            {
                node.Hang();
                var watch = Stopwatch.StartNew();
                var answers = await Task.WhenAll(paths.Select(path => api.Client.GetAsync(path, CancellationToken)));
                Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
                Assert.All(answers, answer => Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode));
                node.Resume();
            }
        }
    }
}
