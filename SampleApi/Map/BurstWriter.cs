using System.Diagnostics;
using System.Globalization;
using System.Threading.RateLimiting;
using RedisCluster.Client.Topology;
using RedisCluster.Topology;
using SampleApi.Problems;
using StackExchange.Redis;

namespace SampleApi.Map;

/// <summary>Writes many small keys that end by themselves, and tells where they landed. One burst at a time, so that nobody can make a load test of it.</summary>
internal sealed class BurstWriter(IDatabaseAsync redis, IConnectionMultiplexer connection, RedisClusterTopology topology) : IDisposable
{
    private const int BinCount = 256;
    private const int AtOnce = 64;
    private static readonly TimeSpan TimeToLive = TimeSpan.FromMinutes(1);

    // Shorter than the limit of a request: in a failover the caller learns how far it came.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrencyLimiter _limiter = new(new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = 4, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });

    /// <exception cref="BadRequestException">400: the request asks for too much. 429: others are waiting already.</exception>
    /// <exception cref="RedisException">Not one key was written.</exception>
    internal async Task<BurstResult> WriteAsync(BurstRequest request, CancellationToken cancellationToken)
    {
        request.Check();
        using var turn = await _limiter.AcquireAsync(1, cancellationToken);
        if (!turn.IsAcquired)
        {
            throw new BadRequestException("Other bursts are being written and wait already: try again in a second.", StatusCodes.Status429TooManyRequests);
        }

        // A span for each of thousands of equal commands would bury the trace of the request.
        using var untraced = Untraced.Begin("burst");
        var id = Guid.NewGuid().ToString("N")[..6];
        var prefix = request.OneTag ? $"burst:{{{id}}}:" : $"burst:{id}:";
        var watch = Stopwatch.StartNew();
        var slots = await WriteAsync(prefix, request.Keys, cancellationToken);
        watch.Stop();

        var view = (await topology.SurveyAsync(cancellationToken)).View;
        var primaries = view.Shards.Where(shard => shard is { Slots.IsEmpty: false, Primary: not null })
            .ToDictionary(shard => shard.Primary!.Address, shard => slots.Count(shard.Slots.Contains));
        var bins = new int[BinCount];
        foreach (var slot in slots)
        {
            bins[slot * BinCount / SlotSet.SlotCount]++;
        }

        return new BurstResult(prefix + "*", request.Keys, slots.Count, watch.ElapsedMilliseconds, (int)TimeToLive.TotalSeconds, primaries, bins);
    }

    /// <summary>The slots of the keys that were acknowledged.</summary>
    private async Task<IReadOnlyList<int>> WriteAsync(string prefix, int keys, CancellationToken cancellationToken)
    {
        var slots = new List<int>(keys);
        var next = -1;
        Exception? failure = null;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            for (var number = Interlocked.Increment(ref next); number < keys && !deadline.IsCancellationRequested; number = Interlocked.Increment(ref next))
            {
                RedisKey key = prefix + number.ToString(CultureInfo.InvariantCulture);
                try
                {
                    await redis.StringSetAsync(key, "one of a burst", new Expiration(TimeToLive)).WaitAsync(deadline.Token);
                    lock (slots)
                    {
                        slots.Add(connection.HashSlot(key));
                    }
                }
                catch (Exception exception) when (exception is RedisException or TimeoutException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
                {
                    failure = exception is OperationCanceledException ? failure : exception;
                }
            }
        }));
        cancellationToken.ThrowIfCancellationRequested();
        return slots.Count > 0 ? slots : throw failure ?? new RedisConnectionException(ConnectionFailureType.UnableToConnect, CommandFlags.None, $"No key was written within {Patience.TotalSeconds} s.");
    }

    public void Dispose() => _limiter.Dispose();
}
