using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Aspire.Hosting.Dcp;

/// <summary>DCP's API over one HTTP/2 connection.</summary>
internal sealed class DcpClient(HttpClient http) : IDisposable
{
    private const string Api = $"/apis/{DcpObject.ApiGroup}/";
    private const string Execution = "/admin/execution";

    /// <summary>DCP answers 415 to a media type with a charset.</summary>
    private static readonly MediaTypeHeaderValue MergePatch = new("application/merge-patch+json");

    public static DcpClient Connect(DcpConnection connection)
    {
        var handler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true, UseProxy = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => connection.IsTrusted(certificate);
        var http = new HttpClient(handler)
        {
            BaseAddress = connection.Server,
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        http.DefaultRequestHeaders.Authorization = new("Bearer", connection.Token);
        return new(http);
    }

    public async Task CreateAsync<T>(T value, CancellationToken cancellationToken) where T : DcpObject, IDcpKind<T>
    {
        using var response = await http.PostAsJsonAsync(Api + T.Plural, value, T.Json, cancellationToken);
        await RequireSuccessAsync(response, $"create {value.Kind} '{value.Name}'", cancellationToken);
    }

    public async Task<T?> GetAsync<T>(string name, CancellationToken cancellationToken) where T : DcpObject, IDcpKind<T>
    {
        using var response = await http.GetAsync($"{Api}{T.Plural}/{name}", cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        await RequireSuccessAsync(response, $"show {typeof(T).Name} '{name}'", cancellationToken);
        return await response.Content.ReadFromJsonAsync(T.Json, cancellationToken);
    }

    /// <summary>Returns when DCP begins to delete; the object is gone when its watch says so.</summary>
    /// <returns>False when there was no such object.</returns>
    public async Task<bool> DeleteAsync<T>(string name, CancellationToken cancellationToken) where T : DcpObject, IDcpKind<T>
    {
        using var response = await http.DeleteAsync($"{Api}{T.Plural}/{name}", cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }

        await RequireSuccessAsync(response, $"delete {typeof(T).Name} '{name}'", cancellationToken);
        return true;
    }

    /// <summary>Asks for the end of the process or container; its object stays.</summary>
    /// <returns>False when there was no such object.</returns>
    public async Task<bool> StopAsync<T>(string name, CancellationToken cancellationToken) where T : DcpObject, IDcpKind<T>
    {
        using var response = await PatchAsync($"{Api}{T.Plural}/{name}", """{"spec":{"stop":true}}"""u8.ToArray(), cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }

        await RequireSuccessAsync(response, $"stop {typeof(T).Name} '{name}'", cancellationToken);
        return true;
    }

    /// <summary>All objects of a kind as they are, then each change. Ends when DCP closes the stream.</summary>
    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>([EnumeratorCancellation] CancellationToken cancellationToken) where T : DcpObject, IDcpKind<T>
    {
        await foreach (var line in ReadLinesAsync($"{Api}{T.Plural}?watch=true", cancellationToken))
        {
            var change = JsonSerializer.Deserialize(line, T.WatchJson);
            if (change is { Type: not "BOOKMARK" })
            {
                yield return change;
            }
        }
    }

    /// <summary>The lines of one log source after the first <paramref name="skip"/>, each with its time in front; when followed, until the process has ended.</summary>
    public IAsyncEnumerable<string> ReadLogAsync<T>(string name, string source, long skip, bool follow, CancellationToken cancellationToken) where T : DcpObject, IDcpKind<T> =>
        ReadLinesAsync($"{Api}{T.Plural}/{name}/log?source={source}&timestamps=true&skip={skip}&follow={(follow ? "true" : "false")}", cancellationToken);

    public async Task<ApiServerExecution> GetExecutionAsync(CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(Execution, cancellationToken);
        await RequireSuccessAsync(response, "show its state", cancellationToken);
        return (await response.Content.ReadFromJsonAsync(DcpJson.Default.ApiServerExecution, cancellationToken))!;
    }

    public async Task SetExecutionAsync(ApiServerExecution execution, CancellationToken cancellationToken)
    {
        using var response = await PatchAsync(Execution, JsonSerializer.SerializeToUtf8Bytes(execution, DcpJson.Default.ApiServerExecution), cancellationToken);
        await RequireSuccessAsync(response, $"change its state to {execution.Status}", cancellationToken);
    }

    public void Dispose() => http.Dispose();

    private async Task<HttpResponseMessage> PatchAsync(string path, byte[] patch, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(patch);
        content.Headers.ContentType = MergePatch;
        return await http.PatchAsync(path, content, cancellationToken);
    }

    private async IAsyncEnumerable<string> ReadLinesAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await RequireSuccessAsync(response, $"open {path}", cancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken), Encoding.UTF8);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            yield return line;
        }
    }

    private static async Task RequireSuccessAsync(HttpResponseMessage response, string request, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            throw new DcpRequestException($"DCP refused to {request}: {Reason(body)} ({(int)response.StatusCode})", response.StatusCode);
        }
    }

    private static string Reason(string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, DcpJson.Default.RefusedRequest) is { Message: { } message } ? message : body;
        }
        catch (JsonException)
        {
            // Not every layer of the server answers in JSON.
            return body;
        }
    }
}

/// <summary>DCP refused a request.</summary>
internal sealed class DcpRequestException(string message, HttpStatusCode statusCode) : DistributedApplicationException(message)
{
    public HttpStatusCode StatusCode { get; } = statusCode;
}
