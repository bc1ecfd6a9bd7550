using StackExchange.Redis;

namespace SampleApi.Patterns;

/// <summary>
/// "Look again", over sharded pub/sub: who waits wakes at once. Pub/sub delivers at most once, so each wait also has an end, and a nudge that is lost
/// in a failover costs no more than that.
/// </summary>
internal sealed class Nudge(IConnectionMultiplexer connection, string channel) : IAsyncDisposable
{
    private readonly RedisChannel _channel = RedisChannel.Sharded(channel);
    private readonly SemaphoreSlim _came = new(0, 1);
    private bool _isSubscribed;

    /// <summary>Wakes every instance that waits. Nobody is told when it fails: the others then look when their wait ends.</summary>
    internal void Send() => connection.GetSubscriber().Publish(_channel, RedisValue.EmptyString, CommandFlags.FireAndForget);

    /// <summary>Waits for the next nudge, or for as long as given. One that came since the last wait counts.</summary>
    /// <exception cref="RedisException">The cluster could not be asked for the subscription.</exception>
    internal async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        if (!_isSubscribed)
        {
            await connection.GetSubscriber().SubscribeAsync(_channel, Receive).WaitAsync(cancellationToken);
            _isSubscribed = true;
        }

        await _came.WaitAsync(atMost, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_isSubscribed)
        {
            await connection.GetSubscriber().UnsubscribeAsync(_channel, Receive);
        }
    }

    private void Receive(RedisChannel from, RedisValue text)
    {
        try
        {
            _came.Release();
        }
        catch (SemaphoreFullException)
        {
            // One is waiting to be seen already, and one is enough.
        }
    }
}
