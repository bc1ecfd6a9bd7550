using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using StackExchange.Redis;
using Support;
using Xunit;

namespace IntegrationTests.Client;

/// <summary>Callers that write, each to a key of its own, one number after the other, through the database that repeats what is safe to repeat.</summary>
internal sealed class WriteLoad : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    private readonly IDatabaseAsync _database;
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly ConcurrentDictionary<string, long> _acknowledged = new();
    private readonly ConcurrentQueue<Exception> _failures = new();
    private readonly Task _callers;
    private TimeSpan _longestGap;

    private WriteLoad(IDatabaseAsync database, IEnumerable<string> keys)
    {
        _database = database;
        _callers = Task.WhenAll(keys.Select(key => Task.Run(() => CallAsync(key))));
    }

    /// <summary>The longest time between two successes of one caller.</summary>
    public TimeSpan LongestGap => _longestGap;

    public IReadOnlyCollection<Exception> Failures => _failures;

    /// <summary>Four callers on the shard of <paramref name="key"/> and eight on all shards; every one has written when this returns.</summary>
    public static async Task<WriteLoad> StartAsync(IDatabaseAsync database, string key)
    {
        var load = new WriteLoad(database, [.. Enumerable.Range(0, 4).Select(i => $"{{{key}}}:{i}"), .. Enumerable.Range(0, 8).Select(i => $"spread:{i}")]);
        await Eventually.HoldsAsync("every caller has written", () => load._acknowledged.Count == 12);
        load._longestGap = TimeSpan.Zero;
        return load;
    }

    /// <summary>Every caller has written again: whatever gap there was is over, and counted.</summary>
    public async Task GoesOnAsync()
    {
        var before = _acknowledged.ToArray();
        await Eventually.HoldsAsync("every caller writes again", () => before.All(key => _acknowledged[key.Key] > key.Value + 1), found: () => string.Join("; ", _failures.Select(failure => failure.Message).Distinct()));
    }

    /// <summary>Ends the callers; none may have failed, and no acknowledged write may be gone.</summary>
    public async Task AssertNothingFailedOrWasLostAsync()
    {
        await _stop.CancelAsync();
        await _callers;
        Assert.Empty(_failures);
        foreach (var (key, acknowledged) in _acknowledged)
        {
            var found = await _database.StringGetAsync(key);
            Assert.True((long)found >= acknowledged, $"Expected {key} to be at least {acknowledged}, which was acknowledged. Found: {found}.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _callers;
        _stop.Dispose();
    }

    private async Task CallAsync(string key)
    {
        var last = Stopwatch.GetTimestamp();
        for (var number = 1L; !_stop.IsCancellationRequested; number++)
        {
            try
            {
                await _database.StringSetAsync(key, number.ToString(CultureInfo.InvariantCulture));
                _acknowledged[key] = number;
                Note(Stopwatch.GetElapsedTime(last));
                last = Stopwatch.GetTimestamp();
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                _failures.Enqueue(exception);
            }

            await Task.Delay(Pause, CancellationToken.None);
        }
    }

    private void Note(TimeSpan gap)
    {
        lock (_acknowledged)
        {
            _longestGap = gap > _longestGap ? gap : _longestGap;
        }
    }
}
