using System.Diagnostics;
using RedisCluster.Client.Topology;
using StackExchange.Redis;

namespace RedisCluster.Client;

/// <summary>
/// Looks for a new primary while commands time out. A hung node keeps its connections open: the driver gives them up after four timeouts without an answer, and until then
/// goes on asking that node, although its replica may have taken over long ago.
/// </summary>
internal sealed class HungPrimaries(RedisClusterTopology topology, IConnectionMultiplexer connection, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    // While a node hangs, each call to it times out: none for so long means that calls go elsewhere.
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(3);

    private long _lastTimeout;
    private int _isLooking;

    /// <summary>A command timed out. Returns at once.</summary>
    internal void TimedOut()
    {
        Volatile.Write(ref _lastTimeout, time.GetTimestamp());
        if (Interlocked.Exchange(ref _isLooking, 1) == 0)
        {
            using (ExecutionContext.SuppressFlow())
            {
                _ = Task.Run(LookAsync);
            }
        }
    }

    private async Task LookAsync()
    {
        // Nobody's request: these questions are no spans.
        using var untraced = new Activity(nameof(HungPrimaries)) { IsAllDataRequested = false }.Start();
        while (time.GetElapsedTime(Volatile.Read(ref _lastTimeout)) < Calm)
        {
            await Task.Delay(Interval, time);
            try
            {
                if ((await topology.ShardsAsync(CancellationToken.None)).Any(HasPrimaryUnknownToDriver))
                {
                    // Not awaited: it asks the hung node too. The answers of the others count as soon as they are there.
                    _ = connection.ConfigureAsync();
                }
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                // Nobody answers now: asked again.
            }
            catch (ObjectDisposedException)
            {
                return; // The application ended.
            }
        }

        Volatile.Write(ref _isLooking, 0);
    }

    private bool HasPrimaryUnknownToDriver(ShardView shard) => shard is { Slots.Count: > 0, Primary: { IsUsable: true } primary }
        && connection.GetServers().FirstOrDefault(server => RedisClusterTopology.Address(server.EndPoint) == primary.Address) is null or { IsReplica: true };
}
