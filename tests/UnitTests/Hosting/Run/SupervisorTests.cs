using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RedisCluster.Hosting.Run;
using Xunit;

namespace UnitTests.Hosting.Run;

public sealed class SupervisorTests
{
    private readonly SkippingTime _time = new();
    private int _starts;

    [Fact]
    public async Task WorkThatEndsIsNotBegunAgain()
    {
        await RunAsync(() => Task.CompletedTask);

        Assert.Equal((1, 0), (_starts, _time.Pauses.Count));
    }

    [Fact]
    public async Task WorkThatFailsBeginsAgainAfterPausesThatGrowUpToABound()
    {
        await RunAsync(() => _starts == 8 ? Task.CompletedTask : throw new InvalidOperationException("a fault"));

        Assert.Equal([1, 2, 4, 8, 16, 30, 30], _time.Pauses);
    }

    [Fact]
    public async Task FaultAfterALongTimeOfGoodWorkIsTheFirstAgain()
    {
        await RunAsync(() =>
        {
            _time.Now += _starts == 4 ? Supervisor.LongestPause * 2 : TimeSpan.Zero;
            return _starts == 6 ? Task.CompletedTask : throw new InvalidOperationException("a fault");
        });

        Assert.Equal([1, 2, 4, 1, 2], _time.Pauses);
    }

    [Fact]
    public async Task CancellationEndsWorkAndPause()
    {
        using var ended = new CancellationTokenSource();
        var supervisor = new Supervisor(NullLogger.Instance, new FakeTimeProvider());
        var working = supervisor.RunAsync("Work", "nothing happens", token => Task.Delay(Timeout.Infinite, token), ended.Token);
        var pausing = supervisor.RunAsync("Work", "nothing happens", _ => throw new InvalidOperationException("a fault"), ended.Token);
        Assert.False(working.IsCompleted || pausing.IsCompleted);
        await ended.CancelAsync();

        await Task.WhenAll(working, pausing).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    private Task RunAsync(Func<Task> work) =>
        new Supervisor(NullLogger.Instance, _time).RunAsync(
            "Work",
            "nothing happens",
            _ =>
            {
                _starts++;
                return work();
            },
            TestContext.Current.CancellationToken);

    /// <summary>A clock on which every pause is over at once.</summary>
    private sealed class SkippingTime : TimeProvider
    {
        public List<double> Pauses { get; } = [];

        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Pauses.Add(dueTime.TotalSeconds);
            Now += dueTime;
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
