using System.Collections.Concurrent;
using System.Diagnostics;
using Bench.Statistics;
using StackExchange.Redis;

namespace Bench.Load;

/// <summary>What an application does meanwhile, with the driver as it comes: reads and writes random keys, with a pause between two calls.</summary>
internal sealed class Traffic : IAsyncDisposable
{
    private const int Callers = 16;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    private readonly ConnectionMultiplexer _connection;
    private readonly StoredValues _values;
    private readonly CancellationTokenSource _enough = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly Task _calls;
    private ConcurrentQueue<double> _milliseconds = new();

    public Traffic(ConnectionMultiplexer connection, StoredValues values)
    {
        _connection = connection;
        _values = values;
        _calls = Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => CallAsync(new Random(caller))));
    }

    /// <summary>The calls since the last time.</summary>
    public CallTimes Take()
    {
        var sorted = Interlocked.Exchange(ref _milliseconds, new ConcurrentQueue<double>()).Order().ToArray();
        var errors = _errors.Count;
        var first = _errors.FirstOrDefault();
        _errors.Clear();
        return sorted.Length == 0
            ? throw new BenchException($"Expected calls meanwhile, found none; errors: {errors} {first}")
            : new CallTimes(Percentiles.At(sorted, 0.5), Percentiles.At(sorted, 0.99), sorted[^1], errors, first);
    }

    public async ValueTask DisposeAsync()
    {
        await _enough.CancelAsync();
        await _calls;
        await _connection.DisposeAsync();
        _enough.Dispose();
    }

    private async Task CallAsync(Random random)
    {
        var database = _connection.GetDatabase();
        while (!_enough.IsCancellationRequested)
        {
            var key = _values.Key(random.Next(_values.Count));
            var start = Stopwatch.GetTimestamp();
            try
            {
                if (random.Next(2) == 0)
                {
                    await database.StringSetAsync(key, StoredValues.ValueOf(key));
                }
                else if (await database.StringGetAsync(key) is var found && found != StoredValues.ValueOf(key))
                {
                    _errors.Enqueue($"{key} was read as '{found}'");
                }
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                _errors.Enqueue(exception.Message);
            }

            Volatile.Read(ref _milliseconds).Enqueue(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            await Task.Delay(Pause, CancellationToken.None);
        }
    }
}

/// <summary>Milliseconds of the calls in a time, and how many failed or read something wrong.</summary>
internal sealed record CallTimes(double P50, double P99, double Longest, int Errors, string? FirstError);
