using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using RedisCluster.Execution;
using Xunit;

namespace UnitTests.Execution;

/// <summary>What a user sees of slots that move.</summary>
public sealed class MoveProgressTests
{
    [Theory]
    [InlineData("redis.cluster.move.slots", "{slot}")]
    [InlineData("redis.cluster.move.keys", "{key}")]
    [InlineData("redis.cluster.move.bytes", "By")]
    [InlineData("redis.cluster.move.slots.left", "{slot}")]
    [InlineData("redis.cluster.move.time.left", "s")]
    [InlineData("redis.cluster.reconcile.duration", "s")]
    [InlineData("redis.cluster.reconcile.actions", "{action}")]
    public void EveryInstrumentHasItsUnit(string name, string unit)
    {
        Instrument[] instruments =
        [
            Telemetry.MovedSlots, Telemetry.MovedKeys, Telemetry.MovedBytes, Telemetry.SlotsLeft, Telemetry.TimeLeft, Telemetry.Duration, Telemetry.Actions,
        ];
        Assert.Equal(unit, Assert.Single(instruments, instrument => instrument.Name == name).Unit);
    }

    [Fact]
    public void MovesSideBySideAreOneLineAtMostEverySecond()
    {
        var clock = new FakeTimeProvider();
        var lines = new Lines();
        var progress = new MoveProgress(clock, lines);
        progress.Expect(400);
        progress.Start(slots: 100, keys: 1000);
        progress.Start(slots: 100, keys: 1000);

        clock.Advance(TimeSpan.FromSeconds(0.6));
        progress.Moved(50, 500, 1024 * 1024);
        Assert.Empty(lines.Said);
        clock.Advance(TimeSpan.FromSeconds(0.6));
        progress.Moved(50, 500, 1024 * 1024);
        progress.Moved(100, 1000, 0);

        // Half of the slots are still to begin, and are taken to hold as many keys: 1100 of 4400 were done after 1.2 s.
        Assert.Equal(["Moved 100 of 400 slots: 1000 keys, 2.0 MiB, about 4 s left"], lines.Said);
    }

    [Fact]
    public void OnlySlotsAndKeysThatArriveCount()
    {
        var arrivals = 0;
        var progress = new MoveProgress(new FakeTimeProvider(), new Lines()) { OnArrival = () => arrivals++ };
        progress.Expect(100);
        progress.Start(slots: 100, keys: 7);
        progress.Moved(0, 0, 0);
        Assert.Equal((0, 0L), (arrivals, progress.Arrived));
        progress.Moved(0, 1, 0);
        progress.Moved(1, 0, 0);
        Assert.Equal((2, 2L), (arrivals, progress.Arrived));
    }

    [Fact]
    public void MetricsCountWhatArrivedAndWhatIsLeft()
    {
        var recorded = new Dictionary<string, double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Meter == Telemetry.Meter)
                {
                    own.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => recorded[instrument.Name] = value);
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => recorded[instrument.Name] = value);
        listener.Start();
        var clock = new FakeTimeProvider();
        var progress = new MoveProgress(clock, new Lines());
        progress.Expect(100);
        progress.Start(slots: 100, keys: 0);
        clock.Advance(TimeSpan.FromSeconds(1));
        progress.Moved(25, 0, 0);

        Assert.Equal(25, recorded["redis.cluster.move.slots"]);
        Assert.Equal(75, recorded["redis.cluster.move.slots.left"]);
        Assert.Equal(3, recorded["redis.cluster.move.time.left"], tolerance: 0.001);
    }

    private sealed class Lines : ILogger
    {
        public List<string> Said { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Said.Add(formatter(state, exception));
    }
}
