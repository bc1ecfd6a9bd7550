using System.Net;
using System.Net.Http.Json;
using IntegrationTests.Client;
using SampleApi.Patterns.Catalog;
using Xunit;

namespace IntegrationTests.SampleApi;

public sealed class GatewayTests(SharedCluster cluster) : ClusterTest
{
    private readonly int _id = Random.Shared.Next(1, 999_999);
    private readonly string _key = $"key-{Guid.NewGuid():N}";

    // The second instance answers from the cache in the cluster: without Age it would have asked its backend.
    [Fact]
    public async Task AnAnswerIsCachedForAllInstancesAndEachCallerIsCounted()
    {
        await using var api = TwoInstances.Start(await cluster.NodesAsync());
        var first = await AskAsync(api[0], _key);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Null(first.Headers.Age);
        Assert.StartsWith("\"burst\";r=19;", Assert.Single(first.Headers.GetValues("RateLimit")), StringComparison.Ordinal);

        await cluster.WaitUntilStoredAsync($"*/GATEWAY/CATALOG/{_id}*");
        var second = await AskAsync(api[1], _key);
        Assert.NotNull(second.Headers.Age);
        Assert.Equal(await first.Content.ReadFromJsonAsync<Article>(CancellationToken), await second.Content.ReadFromJsonAsync<Article>(CancellationToken));
        Assert.StartsWith("\"burst\";r=18;", Assert.Single(second.Headers.GetValues("RateLimit")), StringComparison.Ordinal);

        using var limits = new HttpRequestMessage(HttpMethod.Get, "/limits") { Headers = { { "X-Api-Key", _key } } };
        var third = await api[0].SendAsync(limits, CancellationToken);
        Assert.StartsWith("\"burst\";r=17;", Assert.Single(third.Headers.GetValues("RateLimit")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACallerWithoutQuotaIsRefusedAlsoWhatIsCached()
    {
        await using var api = TwoInstances.Start(await cluster.NodesAsync(), ("RateLimit:Requests", "2"), ("RateLimit:WindowSeconds", "3600"));
        await AskAsync(api[0], _key);
        await cluster.WaitUntilStoredAsync($"*/GATEWAY/CATALOG/{_id}*");
        await AskAsync(api[1], _key);
        await Problem.ExpectAsync(HttpStatusCode.TooManyRequests, await AskAsync(api[0], _key));
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(api[0], _key + "another")).StatusCode);
    }

    [Fact]
    public async Task ABackendThatIsAwayIsABadGatewayAndIsNotCached()
    {
        await using var api = ApiUnderTest.Start(await cluster.NodesAsync(), ("Gateway:Backend", $"http://127.0.0.1:{FreePorts.Take(1)[0]}/"));
        await Problem.ExpectAsync(HttpStatusCode.BadGateway, await AskAsync(api.Client, _key));
        var again = await AskAsync(api.Client, _key);
        Assert.Equal(HttpStatusCode.BadGateway, again.StatusCode);
        Assert.Null(again.Headers.Age);
    }

    private async Task<HttpResponseMessage> AskAsync(HttpClient client, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/gateway/catalog/{_id}") { Headers = { { "X-Api-Key", key } } };
        // The host is part of what is cached by: to callers the instances are one host.
        request.Headers.Host = "api.example";
        return await client.SendAsync(request, CancellationToken);
    }
}
