using System.Net;
using System.Text.Json;
using IntegrationTests.Client;
using Support;
using Xunit;

namespace IntegrationTests.SampleApi;

public sealed class SessionTests(SharedCluster cluster) : ClusterTest
{
    [Fact]
    public async Task ACartThatOneInstanceFilledIsSeenAndFilledByTheOther()
    {
        await using var api = TwoInstances.Start(await cluster.NodesAsync());
        using var browser = new Browser();
        Assert.Equal(["pen"], await browser.SendAsync(HttpMethod.Post, api[0], "/cart/items/pen"));
        Assert.Equal(["pen", "ink"], await browser.SendAsync(HttpMethod.Post, api[1], "/cart/items/ink"));
        Assert.Equal(["pen", "ink"], await browser.SendAsync(HttpMethod.Get, api[0], "/cart"));

        using var another = new Browser();
        Assert.Empty(await another.SendAsync(HttpMethod.Get, api[0], "/cart"));
        await browser.SendAsync(HttpMethod.Delete, api[0], "/cart");
        Assert.Empty(await browser.SendAsync(HttpMethod.Get, api[1], "/cart"));
    }

    // The keys that cookies are protected with are in the cluster: a new instance, after all others are gone, still reads them.
    [Fact]
    public async Task ACookieOutlivesTheInstanceThatMadeIt()
    {
        using var browser = new Browser();
        await using (var first = ApiUnderTest.Start(await cluster.NodesAsync()))
        {
            await browser.SendAsync(HttpMethod.Post, first.Client, "/cart/items/pen");
        }

        await using var next = ApiUnderTest.Start(await cluster.NodesAsync());
        Assert.Equal(["pen"], await browser.SendAsync(HttpMethod.Get, next.Client, "/cart"));
    }

    // As replicas of a first deployment: neither finds a key, and each makes one that the other does not know yet.
    [Fact]
    public async Task InstancesThatStartTogetherOnAnEmptyClusterReadEachOthersCookies()
    {
        var nodes = await StartClusterAsync();
        var instances = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => ApiUnderTest.Start(nodes), CancellationToken)));
        await using var first = instances[0];
        await using var second = instances[1];
        foreach (var (one, other) in new[] { (first, second), (second, first) })
        {
            using var browser = new Browser();
            await browser.SendAsync(HttpMethod.Post, one.Client, "/cart/items/pen");
            Assert.Equal(["pen", "ink"], await browser.SendAsync(HttpMethod.Post, other.Client, "/cart/items/ink"));
        }
    }

    // An empty cart instead of an error would be a lie, and the customer would fill it again.
    [Fact]
    public async Task WithoutTheClusterTheCartIsUnavailableNotEmpty()
    {
        var nodes = await StartClusterAsync();
        await using var api = ApiUnderTest.Start(nodes);
        using var browser = new Browser();
        await browser.SendAsync(HttpMethod.Post, api.Client, "/cart/items/pen");
        await Task.WhenAll(nodes.All.Select(node => node.KillAsync()));

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(api.Client.BaseAddress!, "/cart"));
        await Problem.ExpectAsync(HttpStatusCode.ServiceUnavailable, await browser.Client.SendAsync(request, CancellationToken));
        using var adding = new HttpRequestMessage(HttpMethod.Post, new Uri(api.Client.BaseAddress!, "/cart/items/ink"));
        await Problem.ExpectAsync(HttpStatusCode.ServiceUnavailable, await browser.Client.SendAsync(adding, CancellationToken));
    }

    /// <summary>Keeps cookies, for whichever instance it is sent to: to a browser they are one host.</summary>
    private sealed class Browser : IDisposable
    {
        public HttpClient Client { get; } = new(new SocketsHttpHandler { CookieContainer = new CookieContainer() });

        public async Task<string[]> SendAsync(HttpMethod method, HttpClient instance, string path)
        {
            using var request = new HttpRequestMessage(method, new Uri(instance.BaseAddress!, path));
            using var answer = await Client.SendAsync(request, CancellationToken);
            var body = await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(CancellationToken);
            return body.Length == 0 ? [] : [.. JsonDocument.Parse(body).RootElement.GetProperty("items").EnumerateArray().Select(item => item.GetString()!)];
        }

        public void Dispose() => Client.Dispose();
    }
}
