using System.Threading.Channels;
using StackExchange.Redis;

namespace SampleApi.Patterns.Notifications;

/// <summary>One client's subscription. The driver subscribes once per channel and instance, and hands each message to every one of them.</summary>
internal sealed class Subscription(ISubscriber subscriber, RedisChannel channel, Channel<string> waiting, Action ended) : IAsyncDisposable
{
    internal Task OpenAsync() => subscriber.SubscribeAsync(channel, Receive);

    /// <summary>The next message; empty when there was none for the time given, null at the end.</summary>
    internal async Task<string?> NextAsync(TimeSpan patience, CancellationToken end)
    {
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(end);
        pause.CancelAfter(patience);
        try
        {
            return await waiting.Reader.ReadAsync(pause.Token);
        }
        catch (OperationCanceledException)
        {
            return end.IsCancellationRequested ? null : "";
        }
    }

    /// <summary>Ends it; with the last one on the channel the server is told too.</summary>
    public async ValueTask DisposeAsync()
    {
        ended();
        await subscriber.UnsubscribeAsync(channel, Receive);
    }

    private void Receive(RedisChannel _, RedisValue text) => waiting.Writer.TryWrite(text.ToString());
}
