using System.Diagnostics;
using System.Globalization;
using StackExchange.Redis;

namespace Bench.Load;

/// <summary>
/// Callers of one shard that write a new key each time and remember what was acknowledged: a key that is written twice would hide that its first value was lost.
/// </summary>
internal sealed class AcknowledgedWrites : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly IDatabaseAsync _database;
    private readonly string _prefix;
    private readonly CancellationTokenSource _enough = new();
    private readonly Lock _gate = new();
    private readonly Task _calls;
    private Calls _recorded = new();

    /// <param name="database">Whose calls are measured.</param>
    /// <param name="hashTag">A word whose slot is the shard's.</param>
    /// <param name="name">Tells these keys from those of other callers.</param>
    /// <param name="callers">How many call at the same time.</param>
    public AcknowledgedWrites(IDatabaseAsync database, string hashTag, string name, int callers)
    {
        _database = database;
        _prefix = $"{{{hashTag}}}:{name}";
        _calls = Task.WhenAll(Enumerable.Range(0, callers).Select(CallAsync));
    }

    /// <summary>When the last call succeeded.</summary>
    public long LastSuccess
    {
        get
        {
            lock (_gate)
            {
                return _recorded.LastSuccess;
            }
        }
    }

    /// <summary>The calls since the last time.</summary>
    public Calls Take()
    {
        lock (_gate)
        {
            var taken = _recorded;
            _recorded = new Calls { LastSuccess = taken.LastSuccess };
            return taken;
        }
    }

    /// <summary>Counts acknowledged keys that are not there, and removes the others.</summary>
    public static async Task<int> LostAsync(IDatabaseAsync database, IEnumerable<RedisKey> acknowledged)
    {
        var removed = await Task.WhenAll(acknowledged.Select(key => database.KeyDeleteAsync(key)));
        return removed.Count(wasThere => !wasThere);
    }

    public async ValueTask DisposeAsync()
    {
        await _enough.CancelAsync();
        await _calls;
        _enough.Dispose();
    }

    private async Task CallAsync(int caller)
    {
        for (var call = 0; !_enough.IsCancellationRequested; call++)
        {
            RedisKey key = string.Create(CultureInfo.InvariantCulture, $"{_prefix}:{caller}:{call}");
            var start = Stopwatch.GetTimestamp();
            try
            {
                await _database.StringSetAsync(key, call);
                Record(start, key, error: null);
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                Record(start, key: null, exception.Message);
            }

            await Task.Delay(Pause, CancellationToken.None);
        }
    }

    private void Record(long start, RedisKey? key, string? error)
    {
        var now = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            _recorded.Add(start, now, key, error);
        }
    }

    internal sealed class Calls
    {
        public List<RedisKey> Acknowledged { get; } = [];

        public List<string> Errors { get; } = [];

        public TimeSpan Longest { get; private set; }

        /// <summary>The longest time without a success.</summary>
        public TimeSpan Gap { get; private set; }

        public long LastSuccess { get; set; } = Stopwatch.GetTimestamp();

        public void Add(long start, long end, RedisKey? acknowledged, string? error)
        {
            Longest = Max(Longest, Stopwatch.GetElapsedTime(start, end));
            if (acknowledged is { } key)
            {
                Acknowledged.Add(key);
                Gap = Max(Gap, Stopwatch.GetElapsedTime(LastSuccess, end));
                LastSuccess = end;
            }
            else
            {
                Errors.Add(error!);
            }
        }

        private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
    }
}
