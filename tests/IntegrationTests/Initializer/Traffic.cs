using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using StackExchange.Redis;
using Support;
using Xunit;

namespace IntegrationTests.Initializer;

/// <summary>What an application does to its cluster meanwhile: reads and writes keys of its own and remembers what it was told.</summary>
internal sealed class Traffic : IAsyncDisposable
{
    private const int Callers = 8;
    private const int KeysOfCaller = 50;

    private readonly CancellationTokenSource _enough = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly ConcurrentQueue<double> _milliseconds = new();
    private readonly ConnectionMultiplexer _connection;
    private readonly Task _calls;

    private Traffic(ConnectionMultiplexer connection)
    {
        _connection = connection;
        _calls = Task.WhenAll(Enumerable.Range(0, Callers).Select(CallAsync));
    }

    public static async Task<Traffic> StartAsync(RedisNodes nodes) => new(await nodes.ConnectAsync());

    /// <summary>Ends the calls; fails when any of them failed or read something else than it had written.</summary>
    /// <returns>The 99th percentile of their time in milliseconds.</returns>
    public async Task<double> AssertNothingFailedAsync()
    {
        await _enough.CancelAsync();
        await _calls;
        Assert.True(_failures.IsEmpty, $"Expected no failed call of {_milliseconds.Count}, found {_failures.Count}: {string.Join("; ", _failures.Take(5))}");
        Assert.True(_milliseconds.Count > 100, $"Expected traffic, found {_milliseconds.Count} calls.");
        var sorted = _milliseconds.Order().ToArray();
        return sorted[(int)(sorted.Length * 0.99)];
    }

    public async ValueTask DisposeAsync()
    {
        await _enough.CancelAsync();
        await _calls;
        await _connection.DisposeAsync();
        _enough.Dispose();
    }

    private async Task CallAsync(int caller)
    {
        var database = _connection.GetDatabase();
        for (var call = 0; !_enough.IsCancellationRequested; call++)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"traffic:{caller}:{call % KeysOfCaller}");
            var start = Stopwatch.GetTimestamp();
            try
            {
                await database.StringSetAsync(key, call);
                var read = await database.StringGetAsync(key);
                if (read != call)
                {
                    _failures.Enqueue($"{key} was written as {call} and read as {read}");
                }
            }
            catch (RedisException exception)
            {
                _failures.Enqueue($"{key}: {exception.Message}");
            }

            _milliseconds.Enqueue(Stopwatch.GetElapsedTime(start).TotalMilliseconds / 2);
            await Task.Delay(2, CancellationToken.None);
        }
    }
}
