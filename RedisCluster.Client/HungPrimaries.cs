using Microsoft.Extensions.Logging;
using RedisCluster.Client.Topology;
using StackExchange.Redis;

namespace RedisCluster.Client;

/// <summary>
/// Looks for a new primary while commands time out. A hung node keeps its connections open: the driver gives them up after four timeouts without an answer, and until then
/// goes on asking that node, although its replica may have taken over long ago.
/// </summary>
internal sealed class HungPrimaries
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    // While a node hangs, each call to it times out: none for so long means that calls go elsewhere.
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(3);

    private readonly TimeProvider _time;
    private readonly BackgroundLook _look;
    private long _lastTimeout;

    /// <param name="look">Asks the cluster, and makes the driver look around when a primary is unknown to it.</param>
    /// <param name="time">For the pauses.</param>
    /// <param name="logger">For what goes wrong.</param>
    internal HungPrimaries(Func<Task> look, TimeProvider time, ILogger logger)
    {
        _time = time;
        _look = new BackgroundLook(Interval, look, () => time.GetElapsedTime(Volatile.Read(ref _lastTimeout)) < Calm, logger.CannotLook, time);
    }

    /// <summary>A command timed out. Returns at once.</summary>
    internal void TimedOut()
    {
        Volatile.Write(ref _lastTimeout, _time.GetTimestamp());
        _look.Begin();
    }

    /// <summary>One look at a cluster.</summary>
    internal static async Task LookAsync(RedisClusterTopology topology, IConnectionMultiplexer connection)
    {
        var view = (await topology.SurveyAsync().ConfigureAwait(false)).View;
        if (view.Shards.Any(shard => shard is { Slots.IsEmpty: false, Primary: { IsUsable: true } primary }
            && connection.GetServers().FirstOrDefault(server => server.EndPoint.Address() == primary.Address) is null or { IsReplica: true }))
        {
            // Not awaited: it asks the hung node too. The answers of the others count as soon as they are there.
            _ = connection.ConfigureAsync();
        }
    }
}
