using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using SampleApi.Patterns;
using StackExchange.Redis;
using Support;
using Xunit;

namespace UnitTests.SampleApi;

/// <summary>Every loop of the API is one of these, the map's included.</summary>
public sealed class ClusterLoopTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger _logger = new();

    [Fact]
    public async Task WhateverEndsTheWorkIsToldOnceAndTheWorkBeginsAgain()
    {
        using var loop = new Loop(_logger, _time, new InvalidCastException("odd"), new OperationCanceledException("not ours"), new TimeoutException("late"), null, new RedisConnectionException(ConnectionFailureType.None, CommandFlags.None, "away"));
        await loop.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync("it works again after each", () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(200));
            return loop.HasEnded;
        });
        Assert.Equal(["odd", "away"], loop.Told);
        // Only what is no outage is an error with a stack trace.
        Assert.Equal("odd", Assert.Single(_logger.Collector.GetSnapshot(), entry => entry.Level == LogLevel.Error).Exception!.Message);
        await loop.StopAsync(TestContext.Current.CancellationToken);
    }

    /// <param name="logger">Of the loop.</param>
    /// <param name="time">For its pauses.</param>
    /// <param name="faults">What ends its runs one after another; null for a run that works before it fails.</param>
    private sealed class Loop(ILogger logger, TimeProvider time, params Exception?[] faults) : ClusterLoop(logger, time)
    {
        private int _runs;

        public List<string> Told { get; } = [];

        public bool HasEnded => Volatile.Read(ref _runs) > faults.Length;

        protected override async Task RunAsync(CancellationToken stoppingToken)
        {
            var run = Interlocked.Increment(ref _runs) - 1;
            if (run >= faults.Length)
            {
                await Task.Delay(Timeout.Infinite, stoppingToken);
            }

            if (faults[run] is not { } fault)
            {
                Answered();
                fault = faults[Interlocked.Increment(ref _runs) - 1]!;
            }

            throw fault;
        }

        protected override void TellAway(string reason) => Told.Add(reason);
    }
}
