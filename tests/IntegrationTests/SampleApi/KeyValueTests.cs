using System.Net;
using System.Net.Http.Headers;
using System.Text;
using IntegrationTests.Client;
using Support;
using Xunit;

namespace IntegrationTests.SampleApi;

public sealed class KeyValueTests(SharedCluster cluster) : IAsyncLifetime
{
    private readonly string _key = $"test-{Guid.NewGuid():N}";
    private ApiUnderTest _api = null!;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private HttpClient Api => _api.Client;

    public async ValueTask InitializeAsync() => _api = ApiUnderTest.Start(await cluster.NodesAsync());

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task ATextIsStoredReadReplacedAndRemoved()
    {
        await Problem.ExpectAsync(HttpStatusCode.NotFound, await Api.GetAsync($"/kv/{_key}", CancellationToken));
        Assert.Equal(HttpStatusCode.NoContent, (await PutAsync(_key, "grüße")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await PutAsync(_key, "日本\n")).StatusCode);

        var found = await Api.GetAsync($"/kv/{_key}", CancellationToken);
        Assert.Equal("text/plain; charset=utf-8", found.Content.Headers.ContentType!.ToString());
        Assert.Equal("日本\n", await found.Content.ReadAsStringAsync(CancellationToken));

        Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync($"/kv/{_key}", CancellationToken)).StatusCode);
        await Problem.ExpectAsync(HttpStatusCode.NotFound, await Api.DeleteAsync($"/kv/{_key}", CancellationToken));
    }

    [Fact]
    public async Task AnEmptyTextIsATextToo()
    {
        await PutAsync(_key, "");
        Assert.Equal("", await Api.GetStringAsync($"/kv/{_key}", CancellationToken));
    }

    [Fact]
    public async Task ThousandKeysOnAllShardsAreReadBack()
    {
        await Parallel.ForAsync(0, 1000, CancellationToken, async (i, _) => (await PutAsync($"{_key}:{i}", $"value {i}")).EnsureSuccessStatusCode());
        await Parallel.ForAsync(0, 1000, CancellationToken, async (i, token) => Assert.Equal($"value {i}", await Api.GetStringAsync($"/kv/{_key}:{i}", token)));
    }

    [Fact]
    public async Task ATextWithATimeToLiveIsGoneAfterIt()
    {
        await PutAsync($"{_key}?ttl=1", "short");
        Assert.Equal("short", await Api.GetStringAsync($"/kv/{_key}", CancellationToken));
        await Eventually.HoldsAsync($"{_key} expires", async token => (await Api.GetAsync($"/kv/{_key}", token)).StatusCode == HttpStatusCode.NotFound, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task AStoreWithoutATimeToLiveEndsAnOlderOne()
    {
        await PutAsync($"{_key}?ttl=1", "short");
        await PutAsync(_key, "long");
        var nodes = await cluster.NodesAsync();
        Assert.Equal(-1, (await (await FormedCluster.PrimaryOfAsync(nodes, nodes[0], _key)).AskAsync("PTTL", _key)).Number); // no end
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("2147483648")]
    [InlineData("1&ttl=2")]
    public async Task AnythingButAWholeNumberOfSecondsIsABadRequest(string ttl)
    {
        var problem = await Problem.ExpectAsync(HttpStatusCode.BadRequest, await PutAsync($"{_key}?ttl={ttl}", "text"));
        Assert.Contains("expected one whole number of seconds from 1 to 2147483647", problem.Detail, StringComparison.Ordinal);
        await Problem.ExpectAsync(HttpStatusCode.NotFound, await Api.GetAsync($"/kv/{_key}", CancellationToken));
    }

    [Fact]
    public async Task ASlashIsPartOfTheKeyWhetherEncodedOrNot()
    {
        await PutAsync($"{_key}/a%2Fb", "slash");
        Assert.Equal("slash", await Api.GetStringAsync($"/kv/{_key}%2Fa/b", CancellationToken));
        await Problem.ExpectAsync(HttpStatusCode.NotFound, await Api.GetAsync($"/kv/{_key}/a%252Fb", CancellationToken));
    }

    [Theory]
    [InlineData("%20space%20", " space ")]
    [InlineData("+plus", "+plus")]
    [InlineData("%25%3F%23", "%?#")]
    [InlineData("%C3%BC%F0%9F%98%80", "ü😀")]
    [InlineData("{tag}", "{tag}")]
    public async Task AKeyIsDecodedOnce(string encoded, string key)
    {
        await PutAsync(_key + encoded, "text");
        var node = await FormedCluster.PrimaryOfAsync(await cluster.NodesAsync(), (await cluster.NodesAsync())[0], _key + key);
        Assert.Equal("text", await node.AskTextAsync("GET", _key + key));
    }

    [Fact]
    public async Task AKeyHasAtMost512BytesOfUtf8()
    {
        var key = _key + new string('ü', (512 - _key.Length) / 2);
        Assert.Equal(HttpStatusCode.NoContent, (await PutAsync(key, "text")).StatusCode);
        var length = Encoding.UTF8.GetByteCount(key);
        Assert.InRange(length, 511, 512);

        var problem = await Problem.ExpectAsync(HttpStatusCode.BadRequest, await PutAsync(key + "ü", "text"));
        Assert.Equal($"The key has {length + 2} bytes of UTF-8: expected at most 512.", problem.Detail);
    }

    [Theory]
    [InlineData("/kv/")]
    [InlineData("/kv/%FF")]
    [InlineData("/kv/%C3")]
    public async Task AKeyThatIsEmptyOrNotUtf8IsABadRequest(string path) => await Problem.ExpectAsync(HttpStatusCode.BadRequest, await Api.GetAsync(path, CancellationToken));

    [Fact]
    public async Task ABodyHasAtMostOneMebibyte()
    {
        var largest = new string('x', 1024 * 1024);
        Assert.Equal(HttpStatusCode.NoContent, (await PutAsync(_key, largest)).StatusCode);
        Assert.Equal(largest, await Api.GetStringAsync($"/kv/{_key}", CancellationToken));

        // One that the caller is still sending when it is refused, too.
        foreach (var tooLong in (string[])[largest + "x", new string('x', 16 * largest.Length)])
        {
            Assert.Equal("The body is too long: expected at most 1048576 bytes.", (await Problem.ExpectAsync(HttpStatusCode.RequestEntityTooLarge, await PutAsync(_key, tooLong))).Detail);
            using var chunked = new HttpRequestMessage(HttpMethod.Put, $"/kv/{_key}") { Content = new StringContent(tooLong), Headers = { TransferEncodingChunked = true } };
            await Problem.ExpectAsync(HttpStatusCode.RequestEntityTooLarge, await Api.SendAsync(chunked, CancellationToken));
        }

        Assert.Equal(largest, await Api.GetStringAsync($"/kv/{_key}", CancellationToken));
    }

    [Fact]
    public async Task OnlyUtf8TextIsAccepted()
    {
        await Problem.ExpectAsync(HttpStatusCode.BadRequest, await Api.PutAsync($"/kv/{_key}", new ByteArrayContent([0xC3, 0x28]), CancellationToken));
        await Problem.ExpectAsync(HttpStatusCode.UnsupportedMediaType, await Api.PutAsync($"/kv/{_key}", new StringContent("ü", Encoding.Latin1), CancellationToken));
        var zipped = new ByteArrayContent([1]) { Headers = { ContentEncoding = { "gzip" } } };
        await Problem.ExpectAsync(HttpStatusCode.UnsupportedMediaType, await Api.PutAsync($"/kv/{_key}", zipped, CancellationToken));
        var form = new StringContent("as curl -d sends it", MediaTypeHeaderValue.Parse("application/x-www-form-urlencoded"));
        Assert.Equal(HttpStatusCode.NoContent, (await Api.PutAsync($"/kv/{_key}", form, CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task AKeyThatHoldsSomethingElseIsAConflict()
    {
        var node = await FormedCluster.PrimaryOfAsync(await cluster.NodesAsync(), (await cluster.NodesAsync())[0], _key);
        await node.AskAsync("LPUSH", _key, "a list");
        await Problem.ExpectAsync(HttpStatusCode.Conflict, await Api.GetAsync($"/kv/{_key}", CancellationToken));
    }

    [Fact]
    public async Task UnknownRoutesAndMethodsAreProblemsToo()
    {
        await Problem.ExpectAsync(HttpStatusCode.NotFound, await Api.GetAsync("/nothing/here", CancellationToken));
        await Problem.ExpectAsync(HttpStatusCode.MethodNotAllowed, await Api.PostAsync($"/kv/{_key}", null, CancellationToken));
    }

    private async Task<HttpResponseMessage> PutAsync(string path, string text) => await Api.PutAsync($"/kv/{path}", new StringContent(text), CancellationToken);
}
