using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using StackExchange.Redis;

namespace SampleApi.Patterns.Notifications;

/// <summary>
/// Sharded pub/sub: a channel belongs to the slot of its name, so a message goes to the nodes of one shard and not, as with plain PUBLISH, to every node of the cluster.
/// Nothing is stored: who is not connected misses it.
/// </summary>
internal sealed class NotificationStream(IConnectionMultiplexer connection, IHostApplicationLifetime lifetime)
{
    /// <summary>How many listeners one instance serves at once.</summary>
    internal const int MaxListeners = 64;

    // A reader that is this far behind has stopped reading: it loses the oldest instead of the instance its memory.
    private const int MaxWaiting = 100;

    // Proxies end connections on which nothing happens, and only a write notices a peer that vanished without a word.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private int _listeners;

    internal static RedisChannel ChannelOf(string topic) => RedisChannel.Sharded($"{{notifications:{topic}}}");

    /// <summary>Sends to all subscribers of the topic, on every instance.</summary>
    internal Task PublishAsync(string topic, string text) => connection.GetSubscriber().PublishAsync(ChannelOf(topic), text);

    /// <summary>Subscribes; returns when the server has confirmed it, so that nothing published from then on is missed. Null when there is no room for one more.</summary>
    internal async Task<Subscription?> SubscribeAsync(string topic, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _listeners) > MaxListeners)
        {
            Interlocked.Decrement(ref _listeners);
            return null;
        }

        var waiting = Channel.CreateBounded<string>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        var subscription = new Subscription(connection.GetSubscriber(), ChannelOf(topic), waiting, ended: () => Interlocked.Decrement(ref _listeners));
        try
        {
            await subscription.OpenAsync().WaitAsync(cancellationToken);
            return subscription;
        }
        catch
        {
            await subscription.DisposeAsync();
            throw;
        }
    }

    /// <summary>The messages as events, until the client goes away or the application stops.</summary>
    internal async IAsyncEnumerable<SseItem<string>> ReadAsync(Subscription subscription, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        yield return new SseItem<string>("", "subscribed");
        while (await subscription.NextAsync(Heartbeat, end.Token) is { } next)
        {
            yield return next.Length == 0 ? new SseItem<string>("", "heartbeat") : new SseItem<string>(next, "notification");
        }
    }
}
