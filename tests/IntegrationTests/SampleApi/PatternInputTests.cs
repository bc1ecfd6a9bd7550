using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using IntegrationTests.Client;
using Xunit;

namespace IntegrationTests.SampleApi;

/// <summary>What the patterns refuse, each in the one form of errors.</summary>
public sealed class PatternInputTests(SharedCluster cluster) : IAsyncLifetime
{
    private ApiUnderTest _api = null!;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _api = ApiUnderTest.Start(await cluster.NodesAsync(), ("Work:Parallelism", "0"));

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Theory]
    [InlineData("POST", "/work", """{"kind":"dance","text":""}""")]
    [InlineData("POST", "/work", """{"kind":"wait","text":"long"}""")]
    [InlineData("POST", "/work", """{"kind":"wait","text":"10001"}""")]
    [InlineData("POST", "/work", """{"kind":"hash"}""")]
    [InlineData("POST", "/work", """{"kind":"hash","text":"x","more":1}""")]
    [InlineData("POST", "/work", "[]")]
    [InlineData("POST", "/work", "")]
    [InlineData("POST", "/notifications/a", """{"text":""}""")]
    [InlineData("POST", "/notifications/a", """{"text":null}""")]
    [InlineData("POST", "/notifications/a%20b", """{"text":"x"}""")]
    [InlineData("PUT", "/leaderboards/a/b", """{"score":1e17}""")]
    [InlineData("PUT", "/leaderboards/a/b", """{"score":"1"}""")]
    [InlineData("PUT", "/leaderboards/a/b", """{"points":1}""")]
    [InlineData("PUT", "/leaderboards/a/b", """{"score":""")]
    [InlineData("PUT", "/settings/RateLimit:Requests", """{"value":"0"}""")]
    [InlineData("PUT", "/settings/RateLimit:Requests", """{"value":"many"}""")]
    [InlineData("PUT", "/settings/Features:Leaderboards", """{"value":"perhaps"}""")]
    [InlineData("PUT", "/settings/ConnectionStrings:redis", """{"value":"localhost"}""")]
    public async Task ABodyThatIsNotWhatWasAskedForIsABadRequest(string method, string path, string body) =>
        await Problem.ExpectAsync(HttpStatusCode.BadRequest, await SendAsync(method, path, body, "application/json"));

    [Theory]
    [InlineData("GET", "/notifications/%7Bother%7D")]
    [InlineData("GET", "/leaderboards/a?top=0")]
    [InlineData("GET", "/leaderboards/a?top=101")]
    [InlineData("GET", "/leaderboards/a?top=many")]
    [InlineData("GET", "/leaderboards/a/b?around=51")]
    [InlineData("GET", "/leaderboards/a/b?around=-1")]
    [InlineData("GET", "/leaderboards/a%7Bb%7Dc")]
    [InlineData("GET", "/snapshots/a%2Fb")]
    [InlineData("GET", "/work/dead-letters?count=0")]
    [InlineData("POST", "/work/dead-letters/none/requeue")]
    [InlineData("DELETE", "/work/dead-letters/1-2-3")]
    [InlineData("DELETE", "/work/dead-letters/%7B1%7D-99999999999999999999")]
    [InlineData("GET", "/catalog/0")]
    [InlineData("GET", "/catalog/1000001")]
    [InlineData("DELETE", "/catalog/shelves/10")]
    [InlineData("DELETE", "/settings/Nothing")]
    [InlineData("POST", "/cart/items/two%20words")]
    public async Task APathOrQueryOutOfRangeIsABadRequest(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        await Problem.ExpectAsync(HttpStatusCode.BadRequest, await _api.Client.SendAsync(request, CancellationToken));
    }

    [Fact]
    public async Task ANameHasAtMost64Characters()
    {
        var longest = new string('n', 64);
        Assert.Equal(HttpStatusCode.OK, (await _api.Client.GetAsync($"/leaderboards/{longest}", CancellationToken)).StatusCode);
        var problem = await Problem.ExpectAsync(HttpStatusCode.BadRequest, await _api.Client.GetAsync($"/leaderboards/{longest}n", CancellationToken));
        Assert.Equal($"The board is '{longest}…': expected 1 to 64 letters, digits, dots, underscores and dashes.", problem.Detail);
    }

    [Theory]
    [InlineData("POST", "/work")]
    [InlineData("POST", "/notifications/a")]
    [InlineData("PUT", "/leaderboards/a/b")]
    [InlineData("PUT", "/settings/RateLimit:Requests")]
    public async Task ABodyThatIsTooLongOrNoJsonIsRefused(string method, string path)
    {
        var oversized = new string(' ', 16 * 1024) + "{}"; // no error before the last byte
        var problem = await Problem.ExpectAsync(HttpStatusCode.RequestEntityTooLarge, await SendAsync(method, path, oversized, "application/json"));
        Assert.Equal("The body is too long: expected at most 16384 bytes.", problem.Detail);
        await Problem.ExpectAsync(HttpStatusCode.RequestEntityTooLarge, await SendAsync(method, path, oversized, "application/json", chunked: true));
        // One that the caller is still sending when it is refused.
        await Problem.ExpectAsync(HttpStatusCode.RequestEntityTooLarge, await SendAsync(method, path, new string(' ', 16 * 1024 * 1024), "application/json"));
        await Problem.ExpectAsync(HttpStatusCode.UnsupportedMediaType, await SendAsync(method, path, "text", "text/plain"));
    }

    [Fact]
    public async Task TextsHaveTheirOwnLimits()
    {
        var problem = await Problem.ExpectAsync(HttpStatusCode.BadRequest, await SendAsync("POST", "/work", $$"""{"kind":"hash","text":"{{new string('x', 8193)}}"}""", "application/json"));
        Assert.Equal("text has 8193 characters: expected at most 8192.", problem.Detail);
        await Problem.ExpectAsync(HttpStatusCode.BadRequest, await SendAsync("POST", "/notifications/a", $$"""{"text":"{{new string('x', 4097)}}"}""", "application/json"));
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync("POST", "/notifications/a", $$"""{"text":"{{new string('x', 4096)}}"}""", "application/json")).StatusCode);
    }

    [Fact]
    public async Task OpenApiHasASummaryForEveryRoute()
    {
        var document = await _api.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json", CancellationToken);
        var operations = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(operation => (Route: $"{operation.Name} {path.Name}", operation.Value))).ToList();
        Assert.All(operations, operation => Assert.True(operation.Value.TryGetProperty("summary", out _), operation.Route));
        Assert.Subset(
            operations.Select(operation => operation.Route).ToHashSet(),
            new HashSet<string> { "get /catalog/{id}", "post /cart/items/{item}", "get /limits", "post /work", "get /notifications/{topic}", "put /leaderboards/{board}/{player}", "get /snapshots/{board}", "put /settings/{name}", "get /cluster", "get /kv/{key}", "put /kv/{key}", "delete /kv/{key}", "get /map/events", "get /map/keys/{key}", "post /map/burst" });
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string path, string body, string type, bool chunked = false)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent(body, Encoding.UTF8, type) };
        request.Headers.TransferEncodingChunked = chunked;
        return await _api.Client.SendAsync(request, CancellationToken);
    }
}
