using System.Net;
using System.Net.Sockets;
using System.Text;
using IntegrationTests.Client;
using Xunit;

namespace IntegrationTests.SampleApi;

/// <summary>Every kind of error answer, as it is on the wire.</summary>
public sealed class ErrorAnswerTests(SharedCluster cluster) : IAsyncLifetime
{
    private ApiUnderTest _api = null!;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _api = ApiUnderTest.Start(await cluster.NodesAsync(), ("Gateway:Backend", "http://127.0.0.1:9"));

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Theory]
    [InlineData(400, "GET /kv/%zz")]
    [InlineData(400, "GET /leaderboards/main?top=many")]
    [InlineData(400, "POST /work", "Content-Type: application/json\r\nContent-Length: 1", "{")]
    [InlineData(400, "PUT /kv/key", "Transfer-Encoding: chunked", "no chunk\r\n")]
    [InlineData(404, "GET /nothing")]
    [InlineData(404, "GET /map/nothing.js")]
    [InlineData(404, "GET /catalog/abc")]
    [InlineData(404, "DELETE /kv/nothing")]
    [InlineData(404, "GET /work/01234567-89ab-cdef-0123-456789abcdef")]
    [InlineData(405, "PATCH /kv/key")]
    [InlineData(405, "POST /limits", "Content-Length: 0")]
    [InlineData(413, "PUT /kv/key", "Content-Length: 2000000")]
    [InlineData(413, "POST /work", "Content-Type: application/json\r\nContent-Length: 20000")]
    [InlineData(415, "POST /work", "Content-Type: text/plain\r\nContent-Length: 4", "text")]
    [InlineData(415, "POST /work", "Content-Length: 2", "{}")]
    [InlineData(415, "PUT /kv/key", "Content-Encoding: gzip\r\nContent-Length: 4", "text")]
    [InlineData(502, "GET /gateway/catalog/1")]
    public async Task IsProblemDetailsWhateverTheCallerAccepts(int status, string request, string headers = "", string body = "")
    {
        foreach (var accepted in new[] { "*/*", "text/html", "image/png" })
        {
            var answer = await SendAsync($"{request} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: {accepted}\r\n{(headers.Length == 0 ? "" : headers + "\r\n")}\r\n{body}");
            Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
            Assert.Contains("\r\nContent-Type: application/problem+json", answer, StringComparison.Ordinal);
            Assert.Contains($"\"status\":{status}", answer, StringComparison.Ordinal);
        }
    }

    // The server's part that reads requests answers these before there is an application to ask. docs/patterns.md says so.
    [Theory]
    [InlineData(400, "GET / HTTP/1.1\r\n\r\n")]
    [InlineData(400, "nonsense\r\n\r\n")]
    [InlineData(414, null)]
    [InlineData(431, "GET / HTTP/1.1\r\nHost: localhost\r\nX: {long}\r\n\r\n")]
    [InlineData(505, "GET / HTTP/3.9\r\nHost: localhost\r\n\r\n")]
    public async Task OfARequestThatTheServerCannotReadHasNoBody(int status, string? request)
    {
        var text = request?.Replace("{long}", new string('x', 40_000), StringComparison.Ordinal) ?? $"GET /{new string('x', 10_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n";
        var answer = await SendAsync(text);
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Length: 0\r\n", answer, StringComparison.Ordinal);
    }

    private async Task<string> SendAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _api.Client.BaseAddress!.Port, CancellationToken);
        await client.Client.SendAsync(Encoding.ASCII.GetBytes(request), CancellationToken);
        var answer = new StringBuilder();
        var buffer = new byte[16 * 1024];
        try
        {
            while (await client.Client.ReceiveAsync(buffer, CancellationToken) is var read and > 0)
            {
                answer.Append(Encoding.UTF8.GetString(buffer, 0, read));
            }
        }
        catch (SocketException)
        {
            // The server does not read the rest of what it refused.
        }

        return answer.ToString();
    }
}
