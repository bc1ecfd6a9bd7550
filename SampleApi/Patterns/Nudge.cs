using System.Threading.Channels;
using StackExchange.Redis;

namespace SampleApi.Patterns;

/// <summary>
/// "Look again", over sharded pub/sub: who waits wakes at once. Pub/sub delivers at most once, so each wait also has an end, and a nudge that is lost
/// in a failover costs no more than that. The subscription lives as long as the connection.
/// </summary>
internal sealed class Nudge(IConnectionMultiplexer connection, string channel)
{
    private readonly RedisChannel _channel = RedisChannel.Sharded(channel);

    // One is enough, however many come before anybody looks.
    private readonly Channel<bool> _came = Channel.CreateBounded<bool>(1);
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

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(atMost);
        try
        {
            await _came.Reader.ReadAsync(end.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // None came.
        }
    }

    private void Receive(RedisChannel from, RedisValue text) => _came.Writer.TryWrite(true);
}
