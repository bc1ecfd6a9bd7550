using System.Net.ServerSentEvents;
using Xunit;

namespace IntegrationTests.SampleApi;

/// <summary>A client that listens to server-sent events.</summary>
internal sealed class EventStream : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly IAsyncEnumerator<SseItem<string>> _events;

    private EventStream(HttpResponseMessage response, IAsyncEnumerator<SseItem<string>> events) => (_response, _events) = (response, events);

    public static async Task<EventStream> OpenAsync(HttpClient client, string path, string? lastId = null)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Last-Event-ID", lastId is null ? [] : [lastId]);
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        var events = SseParser.Create(await response.Content.ReadAsStreamAsync(cancellationToken)).EnumerateAsync(cancellationToken);
        return new EventStream(response, events.GetAsyncEnumerator(cancellationToken));
    }

    public async Task<SseItem<string>> NextAsync() => await TryNextAsync() ?? throw new InvalidOperationException("Expected an event, but the stream ended.");

    /// <summary>The next event; null at the end of the stream.</summary>
    public async Task<SseItem<string>?> TryNextAsync() =>
        await _events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken) ? _events.Current : null;

    /// <summary>The connection is cut, as by a client that goes away.</summary>
    public void Dispose() => _response.Dispose();
}
