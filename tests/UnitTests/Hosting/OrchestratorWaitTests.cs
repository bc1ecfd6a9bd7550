using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using RedisCluster.Hosting.Start;
using Xunit;

namespace UnitTests.Hosting;

public sealed class OrchestratorWaitTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLoggerProvider _logs = new();
    private readonly Lifetime _lifetime = new();

    public void Dispose()
    {
        _logs.Dispose();
        _lifetime.Dispose();
    }

    [Fact]
    public async Task OrchestratorThatDoesNotAnswerIsReportedOnce()
    {
        await StartAsync();
        _time.Advance(OrchestratorWait.Patience - TimeSpan.FromSeconds(1));
        Assert.Empty(_logs.Collector.GetSnapshot());

        _time.Advance(TimeSpan.FromSeconds(1));
        _time.Advance(OrchestratorWait.Patience);

        var report = Assert.Single(_logs.Collector.GetSnapshot());
        Assert.Equal(LogLevel.Error, report.Level);
        Assert.StartsWith("Nothing has started: Aspire's orchestrator (DCP) has not answered for 60 s.", report.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ApplicationThatStartsOrStopsIsNot(bool starts)
    {
        await StartAsync();
        await (starts ? _lifetime.Started : _lifetime.Stopping).CancelAsync();
        _time.Advance(OrchestratorWait.Patience * 2);

        Assert.Empty(_logs.Collector.GetSnapshot());
    }

    private Task StartAsync() =>
        ((IHostedLifecycleService)new OrchestratorWait(_lifetime, LoggerFactory.Create(logging => logging.AddProvider(_logs)), _time)).StartingAsync(TestContext.Current.CancellationToken);

    private sealed class Lifetime : IHostApplicationLifetime, IDisposable
    {
        public CancellationTokenSource Started { get; } = new();

        public CancellationTokenSource Stopping { get; } = new();

        public CancellationToken ApplicationStarted => Started.Token;

        public CancellationToken ApplicationStopping => Stopping.Token;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication() => Stopping.Cancel();

        public void Dispose()
        {
            Started.Dispose();
            Stopping.Dispose();
        }
    }
}
