using Microsoft.Extensions.Caching.Hybrid;
using StackExchange.Redis;

namespace SampleApi.Patterns.Catalog;

/// <summary>
/// Tells the other instances which tag was removed. HybridCache writes the moment of a removal into the cluster, but an instance reads that only the first time it meets
/// the tag, and has its own memory besides: without this an instance could serve what another one removed until it expires.
/// </summary>
internal sealed class Invalidations(IServiceProvider services, HybridCache cache, ILogger<Invalidations> logger) : BackgroundService
{
    private static readonly RedisChannel Channel = RedisChannel.Sharded("{catalog}:removed");
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>Removes all entries with the tag, here at once and on the other instances as soon as they hear of it.</summary>
    internal async Task RemoveAsync(string tag, CancellationToken cancellationToken)
    {
        await cache.RemoveByTagAsync(tag, cancellationToken);
        await services.GetRequiredService<IConnectionMultiplexer>().GetSubscriber().PublishAsync(Channel, tag);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Asked for here, not in the constructor: the connection's first attempt must not hold up the start.
        var subscriber = services.GetRequiredService<IConnectionMultiplexer>().GetSubscriber();
        var isAway = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var removed = await subscriber.SubscribeAsync(Channel);
                isAway = false;
                await foreach (var message in removed.WithCancellation(stoppingToken))
                {
                    await cache.RemoveByTagAsync(message.Message.ToString(), stoppingToken);
                }
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                if (!isAway)
                {
                    logger.InvalidationsAway(exception.Message);
                }

                isAway = true;
                await Task.Delay(PauseAfterFailure, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }
}
