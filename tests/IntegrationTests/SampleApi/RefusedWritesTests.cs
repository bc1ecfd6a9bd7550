using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using IntegrationTests.Client;
using Xunit;

namespace IntegrationTests.SampleApi;

/// <summary>Nodes that are full, or miss their replicas: who writes hears why, and who reads is served.</summary>
public sealed class RefusedWritesTests : ClusterTest
{
    private static readonly (string Method, string Path, object? Body)[] Writes =
    [
        ("PUT", "/kv/key", null), ("POST", "/work", new { kind = "hash", text = "text" }), ("PUT", "/leaderboards/main/ada", new { score = 1 }), ("POST", "/cart/items/pen", null),
        ("GET", "/limits", null), ("PUT", "/settings/RateLimit:Requests", new { value = "40" }), ("DELETE", "/catalog/shelves/2", null), ("POST", "/map/burst", new { keys = 10, oneTag = false }),
        ("GET", "/gateway/catalog/1", null),
    ];

    private static readonly string[] Reads = ["/kv/key", "/work", "/work/dead-letters", "/leaderboards/main", "/leaderboards/main/ada", "/snapshots", "/catalog/42", "/settings", "/cluster", "/map/keys/key", "/health"];

    [Theory]
    [InlineData("OOM")]
    [InlineData("MISCONF")]
    [InlineData("NOREPLICAS")]
    public async Task EveryRouteThatWritesSaysWhyAndEveryRouteThatReadsAnswers(string code)
    {
        var nodes = await StartClusterAsync();
        await using var api = ApiUnderTest.Start(nodes, ("Gateway:Backend", "http://127.0.0.1:9"));
        await api.HealthyAsync();
        foreach (var (method, path, body) in Writes.Take(3))
        {
            using var answer = await SendAsync(api, method, path, body);
            Assert.True(answer.IsSuccessStatusCode, path);
        }

        await Task.WhenAll(nodes.All.Take(3).Select(node => WriteRefusal.BeginAsync(node, code)));
        // A full node lets a script go on that has begun to remove, as that of the counters does.
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Writes.Where(write => code != "OOM" || write.Path is not ("/limits" or "/gateway/catalog/1")).Select(async write =>
        {
            var (method, path, body) = write;
            using var answer = await SendAsync(api, method, path, body);
            var problem = await Problem.ExpectAsync(HttpStatusCode.ServiceUnavailable, answer);
            Assert.Equal((path, code), (path, problem.Extensions["code"]?.ToString()));
            Assert.StartsWith($"{code} ", problem.Detail, StringComparison.Ordinal);
            Assert.NotNull(answer.Headers.RetryAfter);
        }));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(8));

        foreach (var path in Reads)
        {
            using var answer = await api.Client.GetAsync(path, CancellationToken);
            Assert.True(answer.IsSuccessStatusCode, $"{path}: {await answer.Content.ReadAsStringAsync(CancellationToken)}");
        }

        Assert.Contains($"{nodes[0].EndPoint} refuses writes: {code}", await api.Client.GetStringAsync("/health", CancellationToken), StringComparison.Ordinal);
        await Task.WhenAll(nodes.All.Take(3).Select(node => WriteRefusal.EndAsync(node, code)));
        using var written = await SendAsync(api, "PUT", "/kv/key", null);
        Assert.Equal(HttpStatusCode.NoContent, written.StatusCode);
    }

    private static async Task<HttpResponseMessage> SendAsync(ApiUnderTest api, string method, string path, object? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? new StringContent("text") : JsonContent.Create(body) };
        return await api.Client.SendAsync(request, CancellationToken);
    }
}
