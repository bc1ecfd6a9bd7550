using System.Diagnostics;
using StackExchange.Redis;

namespace SampleApi.Patterns.Snapshots;

/// <summary>A lock that is held: extended until it is disposed, which gives it back at once.</summary>
internal sealed class ClusterLock : IAsyncDisposable
{
    private readonly IDatabase _redis;
    private readonly RedisKey _key;
    private readonly string _holder;
    private readonly TimeSpan _length;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _extending;

    /// <param name="redis">Each command once.</param>
    /// <param name="key">Of the lock.</param>
    /// <param name="holder">Its value, which nobody else has.</param>
    /// <param name="fencingToken">From the same lock.</param>
    /// <param name="length">Until it expires, counted anew with each extension.</param>
    /// <param name="asked">When the lock was asked for: it cannot expire earlier than its length after that.</param>
    internal ClusterLock(IDatabase redis, RedisKey key, string holder, long fencingToken, TimeSpan length, long asked)
    {
        (_redis, _key, _holder, _length, FencingToken) = (redis, key, holder, length, fencingToken);
        HeldFrom(asked);
        _extending = ExtendAsync();
    }

    /// <summary>Greater than that of every holder before.</summary>
    internal long FencingToken { get; }

    /// <summary>Cancelled when the lock is lost, or may be because nothing was heard from the cluster for its length.</summary>
    internal CancellationToken Lost => _lost.Token;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _extending;
        if (!_lost.IsCancellationRequested)
        {
            try
            {
                await _redis.LockReleaseAsync(_key, _holder);
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                // It expires by itself.
            }
        }

        _lost.Dispose();
        _end.Dispose();
    }

    private async Task ExtendAsync()
    {
        using var timer = new PeriodicTimer(_length / 3);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token) && !_lost.IsCancellationRequested)
            {
                await ExtendOnceAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private async Task ExtendOnceAsync()
    {
        var asked = Stopwatch.GetTimestamp();
        try
        {
            if (await _redis.LockExtendAsync(_key, _holder, _length))
            {
                HeldFrom(asked);
            }
            else
            {
                await _lost.CancelAsync();
            }
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            // Asked again at the next tick; the time since the last success runs on.
        }
    }

    private void HeldFrom(long asked)
    {
        var left = _length - Stopwatch.GetElapsedTime(asked);
        _lost.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }
}
