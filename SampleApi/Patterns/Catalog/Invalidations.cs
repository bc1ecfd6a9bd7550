using Microsoft.Extensions.Caching.Hybrid;
using StackExchange.Redis;

namespace SampleApi.Patterns.Catalog;

/// <summary>
/// Tells the other instances which tag was removed. HybridCache writes the moment of a removal into the cluster, but an instance reads that only the first time it meets
/// the tag, and has its own memory besides: without this an instance could serve what another one removed until it expires.
/// </summary>
internal sealed class Invalidations(IServiceProvider services, ILogger<Invalidations> logger) : ClusterLoop(logger)
{
    private static readonly RedisChannel Channel = RedisChannel.Sharded("{catalog}:removed");

    // Not in the constructor: it waits for the connection, and the server would not listen before.
    private HybridCache Cache => services.GetRequiredService<HybridCache>();

    /// <summary>Removes all entries with the tag, here at once and on the other instances as soon as they hear of it.</summary>
    internal async Task RemoveAsync(string tag, CancellationToken cancellationToken)
    {
        await Cache.RemoveByTagAsync(tag, cancellationToken);
        await services.GetRequiredService<IConnectionMultiplexer>().GetSubscriber().PublishAsync(Channel, tag).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        var removed = await services.GetRequiredService<IConnectionMultiplexer>().GetSubscriber().SubscribeAsync(Channel).WaitAsync(stoppingToken);
        Answered();
        await foreach (var message in removed.WithCancellation(stoppingToken))
        {
            if (CatalogEndpoints.IsTag(message.Message.ToString()))
            {
                await Cache.RemoveByTagAsync(message.Message.ToString(), stoppingToken);
            }
        }
    }

    /// <inheritdoc/>
    protected override void TellAway(string reason) => logger.InvalidationsAway(reason);
}
