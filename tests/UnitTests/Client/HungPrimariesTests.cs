using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using RedisCluster.Client;
using StackExchange.Redis;
using Support;
using Xunit;

namespace UnitTests.Client;

public sealed class HungPrimariesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger _logger = new();
    private readonly Queue<Exception?> _faults = new();
    private int _looks;

    [Fact]
    public async Task AFaultIsLoggedOnceAndTheLookingGoesOnUntilCallsAreCalm()
    {
        var hung = new HungPrimaries(LookAsync, _time, _logger);
        Array.ForEach([new InvalidCastException("odd"), new FormatException("odd"), new RedisConnectionException(ConnectionFailureType.None, CommandFlags.None, "away"), (Exception?)null], _faults.Enqueue);
        hung.TimedOut();
        await LooksBecomeAsync(4);
        Assert.Equal("odd", Assert.Single(_logger.Collector.GetSnapshot()).Exception!.Message);
    }

    [Fact]
    public async Task ItLooksAgainAtTheNextTimeoutAfterItHasEnded()
    {
        var hung = new HungPrimaries(LookAsync, _time, _logger);
        _faults.Enqueue(new ObjectDisposedException("connection")); // ends it at once, as the end of the application does
        hung.TimedOut();
        await LooksBecomeAsync(1);
        await Eventually.HoldsAsync("a timeout starts it again", () =>
        {
            hung.TimedOut();
            _time.Advance(TimeSpan.FromMilliseconds(250));
            return Volatile.Read(ref _looks) > 1;
        });
    }

    private async Task LooksBecomeAsync(int looks) => await Eventually.HoldsAsync($"{looks} looks", () =>
    {
        // Never as long as calls have to be calm: the clock only goes on while a look is awaited.
        if (Volatile.Read(ref _looks) < looks)
        {
            _time.Advance(TimeSpan.FromMilliseconds(5));
        }

        return Volatile.Read(ref _looks) >= looks;
    });

    private Task LookAsync()
    {
        Interlocked.Increment(ref _looks);
        return _faults.TryDequeue(out var fault) && fault is not null ? Task.FromException(fault) : Task.CompletedTask;
    }
}
