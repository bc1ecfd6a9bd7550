using System.Net;
using System.Text.Json;
using IntegrationTests.Client;
using Support;
using Xunit;

namespace IntegrationTests.SampleApi;

public sealed class RateLimitTests(SharedCluster cluster) : ClusterTest
{
    private const int Callers = 64;

    private readonly string _key = $"key-{Guid.NewGuid():N}";

    [Fact]
    public async Task SixtyFourCallersAtTwoInstancesGetExactlyWhatTheKeyHas()
    {
        await using var api = TwoInstances.Start(await cluster.NodesAsync(), ("RateLimit:Requests", "100"), ("RateLimit:WindowSeconds", "3600"));
        var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(async caller =>
        {
            var seen = new List<HttpStatusCode>();
            for (var call = 0; call < 5; call++)
            {
                seen.Add(await AskAsync(api[caller + call], _key));
            }

            return seen;
        }));

        Assert.Equal(100, answers.SelectMany(seen => seen).Count(status => status == HttpStatusCode.OK));
        Assert.Equal((Callers * 5) - 100, answers.SelectMany(seen => seen).Count(status => status == HttpStatusCode.TooManyRequests));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(api[0], _key + "another"));
    }

    [Fact]
    public async Task TheHeadersSayWhatHoldsAndWhatIsLeft()
    {
        await using var api = ApiUnderTest.Start(await cluster.NodesAsync(), ("RateLimit:Requests", "2"), ("RateLimit:WindowSeconds", "60"), ("RateLimit:Quota", "500"), ("RateLimit:QuotaSeconds", "86400"));
        var first = await SendAsync(api.Client, _key);
        Assert.Equal("\"burst\";q=2;w=60, \"quota\";q=500;w=86400", Assert.Single(first.Headers.GetValues("RateLimit-Policy")));
        Assert.Equal("\"burst\";r=1;t=60, \"quota\";r=499;t=86400", Assert.Single(first.Headers.GetValues("RateLimit")));
        await SendAsync(api.Client, _key);

        var refused = await SendAsync(api.Client, _key);
        var problem = await Problem.ExpectAsync(HttpStatusCode.TooManyRequests, refused);
        Assert.Equal("https://iana.org/assignments/http-problem-types#quota-exceeded", problem.Type);
        Assert.Equal("burst", Assert.Single(((JsonElement)problem.Extensions["violated-policies"]!).EnumerateArray()).GetString());
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(55), TimeSpan.FromSeconds(60));
        Assert.StartsWith("\"burst\";r=0;t=", Assert.Single(refused.Headers.GetValues("RateLimit")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhoWaitsAsLongAsToldIsServedAgainUntilTheQuotaIsUsedUp()
    {
        await using var api = ApiUnderTest.Start(await cluster.NodesAsync(), ("RateLimit:Requests", "1"), ("RateLimit:WindowSeconds", "1"), ("RateLimit:Quota", "2"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(api.Client, _key));
        var refused = await SendAsync(api.Client, _key);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        // The promise under test; a refused request does not count. The answer itself takes time, too.
        var told = refused.Headers.RetryAfter!.Delta!.Value;
        await Eventually.HoldsAsync($"served {told} after the refusal", async _ => await AskAsync(api.Client, _key) == HttpStatusCode.OK, told + TimeSpan.FromSeconds(0.5));

        var problem = await Problem.ExpectAsync(HttpStatusCode.TooManyRequests, await SendAsync(api.Client, _key));
        Assert.Contains("quota", ((JsonElement)problem.Extensions["violated-policies"]!).EnumerateArray().Select(policy => policy.GetString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("with blank")]
    [InlineData("012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678")]
    public async Task AKeyThatIsNoneIsABadRequest(string key)
    {
        await using var api = ApiUnderTest.Start(await cluster.NodesAsync());
        await Problem.ExpectAsync(HttpStatusCode.BadRequest, await SendAsync(api.Client, key));
    }

    [Fact]
    public async Task WithoutAKeyTheAddressIsTheCaller()
    {
        await using var api = TwoInstances.Start(await cluster.NodesAsync(), ("RateLimit:Requests", "3"), ("RateLimit:WindowSeconds", "3600"));
        var answers = new List<HttpStatusCode>();
        for (var call = 0; call < 5; call++)
        {
            answers.Add((await api[call].GetAsync("/limits", CancellationToken)).StatusCode);
        }

        Assert.Equal(3, answers.Count(status => status == HttpStatusCode.OK));
    }

    // A request that was in flight when the primary died is asked again with the id that it had, so it counts once whether or not it was counted.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TheCountStaysExactWhenThePrimaryIsReplaced(bool killed)
    {
        const int Limit = 3000;
        var nodes = await StartClusterAsync(nodeTimeoutMilliseconds: 1000);
        await using var api = TwoInstances.Start(nodes, ("RateLimit:Requests", $"{Limit}"), ("RateLimit:WindowSeconds", "3600"));
        var admitted = 0;
        var callers = Task.WhenAll(Enumerable.Range(0, Callers).Select(async caller =>
        {
            HttpStatusCode status;
            while ((status = await AskAsync(api[caller], _key)) == HttpStatusCode.OK)
            {
                Interlocked.Increment(ref admitted);
            }

            return status;
        }));
        await Eventually.HoldsAsync("some requests are admitted", () => Volatile.Read(ref admitted) > 200 || callers.IsCompleted);
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(_key))[..16]);
        await Replace(nodes, await FormedCluster.PrimaryOfAsync(nodes, nodes[0], $"{{caller:key:{hash}}}"), killed);

        Assert.All(await callers, status => Assert.Equal(HttpStatusCode.TooManyRequests, status));

        // Counts that a killed primary acknowledged in its last instant, before its replica had them, are forgotten: those of what was in flight.
        Assert.InRange(admitted, Limit, killed ? Limit + Callers : Limit);
    }

    private static async Task Replace(RedisNodes nodes, RedisNode primary, bool killed)
    {
        var replica = FormedCluster.ReplicaOf(nodes, primary);
        if (killed)
        {
            await primary.KillAsync();
        }
        else
        {
            await replica.AskAsync("CLUSTER", "FAILOVER");
        }

        await FormedCluster.BecomesPrimaryAsync(replica);
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient client, string key) => (await SendAsync(client, key)).StatusCode;

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/limits");
        request.Headers.TryAddWithoutValidation("X-Api-Key", key);
        return await client.SendAsync(request, CancellationToken);
    }
}
