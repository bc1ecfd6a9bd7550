using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using RedisCluster.Execution;
using RedisCluster.Planning;
using RedisCluster.Topology;
using Xunit;

namespace UnitTests.Execution;

/// <summary>What a user sees of slots that move.</summary>
public sealed class MoveProgressTests
{
    private static readonly NodeReference Source = new(new NodeId("a"), new NodeAddress("localhost", 7001));
    private static readonly NodeReference Target = new(new NodeId("b"), new NodeAddress("localhost", 7002));
    private static readonly NodeReference Other = new(new NodeId("c"), new NodeAddress("localhost", 7003));

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
    public void MovesSideBySideAreToldTogetherAtMostEverySecond()
    {
        var clock = new Clock();
        var lines = new Lines();
        var progress = new MoveProgress(clock, lines);
        progress.Expect(400);
        progress.Start(new MoveSlots(Source, Target, SlotSet.Parse("0-99")), keys: 1000);
        progress.Start(new MoveSlots(Other, Target, SlotSet.Parse("200-299")), keys: 1000);

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
        var clock = new Clock();
        var progress = new MoveProgress(clock, new Lines());
        progress.Expect(100);
        progress.Start(new MoveSlots(Source, Target, SlotSet.Parse("0-99")), keys: 0);
        clock.Advance(TimeSpan.FromSeconds(1));
        progress.Moved(25, 0, 0);

        Assert.Equal(25, recorded["redis.cluster.move.slots"]);
        Assert.Equal(75, recorded["redis.cluster.move.slots.left"]);
        Assert.Equal(3, recorded["redis.cluster.move.time.left"], tolerance: 0.001);
    }

    private sealed class Clock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan time) => _now += time.Ticks;
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
