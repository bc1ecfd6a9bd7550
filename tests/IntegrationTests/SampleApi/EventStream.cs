using System.Net.ServerSentEvents;
using Xunit;

namespace IntegrationTests.SampleApi;

/// <summary>A client that listens to server-sent events.</summary>
internal sealed class EventStream : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly IAsyncEnumerator<SseItem<string>> _events;

    private EventStream(HttpResponseMessage response, IAsyncEnumerator<SseItem<string>> events) => (_response, _events) = (response, events);

    public static async Task<EventStream> OpenAsync(HttpClient client, string path)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var response = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        var events = SseParser.Create(await response.Content.ReadAsStreamAsync(cancellationToken)).EnumerateAsync(cancellationToken);
        return new EventStream(response, events.GetAsyncEnumerator(cancellationToken));
    }

    /// <summary>The next event.</summary>
    public async Task<SseItem<string>> NextAsync()
    {
        Assert.True(await _events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken), "Expected an event, but the stream ended.");
        return _events.Current;
    }

    /// <summary>The connection is cut, as by a client that goes away.</summary>
    public ValueTask DisposeAsync()
    {
        _response.Dispose();
        return ValueTask.CompletedTask;
    }
}
