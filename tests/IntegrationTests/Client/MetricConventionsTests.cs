using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using Support;
using Xunit;

namespace IntegrationTests.Client;

/// <summary>The instruments, field by field, against OpenTelemetry's conventions for database clients.</summary>
/// <remarks>https://opentelemetry.io/docs/specs/semconv/db/database-metrics/</remarks>
public sealed class MetricConventionsTests(SharedCluster cluster) : ClusterTest
{
    [Fact]
    public async Task DurationIsAHistogramInSecondsByCommandAndNodeWithTheStandardBuckets()
    {
        await using var host = await StartAsync();
        using var listener = new InstrumentListener(host);
        await host.Get<IDatabase>().StringGetAsync("key");
        host.Commands(); // records what is complete

        var duration = Assert.IsType<Histogram<double>>(listener.Published["db.client.operation.duration"]);
        Assert.Equal("s", duration.Unit);
        Assert.Equal([0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10], duration.Advice!.HistogramBucketBoundaries!);
        var nodes = await cluster.NodesAsync();
        var primary = await FormedCluster.PrimaryOfAsync(nodes, nodes[0], "key");
        var (value, tags) = Assert.Single(listener.Durations, one => Equals(one.Tags["db.operation.name"], "GET"));
        Assert.InRange(value, 0.000001, 1);
        Assert.Equal(
            [new("db.namespace", "0"), new("db.operation.name", "GET"), new("db.system.name", "redis"), new("server.address", "localhost"), new("server.port", primary.Port)],
            tags.OrderBy(tag => tag.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task ConnectionsAreCountedByNodeAndState()
    {
        await using var host = await StartAsync();
        using var listener = new InstrumentListener(host);
        var endPoints = (await cluster.NodesAsync()).EndPoints;
        await Eventually.HoldsAsync("every node is connected", () => host.Get<IConnectionMultiplexer>().GetServers().All(server => server.IsConnected));

        var count = Assert.IsType<ObservableUpDownCounter<long>>(listener.Published["db.client.connection.count"]);
        Assert.Equal("{connection}", count.Unit);
        listener.Observe();
        Assert.Equal(endPoints.Select(endPoint => $"redis/{endPoint}").Order(), listener.Counted.Select(one => (string)one.Tags["db.client.connection.pool.name"]!).Order());
        Assert.All(listener.Counted, one =>
        {
            Assert.Equal(["db.client.connection.pool.name", "db.client.connection.state"], one.Tags.Keys.Order());
            Assert.Equal("used", one.Tags["db.client.connection.state"]);
            Assert.InRange(one.Value, 1, 2); // for commands, and for subscriptions once there are any
        });
    }

    [Fact]
    public async Task WithMetricsOffNothingIsMeasured()
    {
        await using var host = await StartAsync(disabled: true);
        using var listener = new InstrumentListener(host);
        await host.Get<IDatabase>().StringGetAsync("key");
        host.Commands(); // records what is complete

        listener.Observe();
        Assert.Empty(listener.Counted);
        Assert.Empty(listener.Durations);
    }

    private async Task<ClientHost> StartAsync(bool disabled = false) =>
        await ClientHost.StartAsync(FormedCluster.ConnectionString(await cluster.NodesAsync()), settings => settings.DisableMetrics = disabled, CancellationToken);

    private sealed class InstrumentListener : IDisposable
    {
        private readonly MeterListener _listener = new();

        public InstrumentListener(ClientHost host)
        {
            _listener.InstrumentPublished = (instrument, self) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, host.Services.GetRequiredService<IMeterFactory>()) && instrument.Meter.Name == "RedisCluster.Client")
                {
                    Published[instrument.Name] = instrument;
                    self.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((_, value, tags, _) => Counted.Enqueue((value, tags.ToArray().ToDictionary())));
            _listener.SetMeasurementEventCallback<double>((_, value, tags, _) => Durations.Enqueue((value, tags.ToArray().ToDictionary())));
            _listener.Start();
        }

        public ConcurrentDictionary<string, Instrument> Published { get; } = new();

        public ConcurrentQueue<(long Value, Dictionary<string, object?> Tags)> Counted { get; } = new();

        public ConcurrentQueue<(double Value, Dictionary<string, object?> Tags)> Durations { get; } = new();

        public void Observe() => _listener.RecordObservableInstruments();

        public void Dispose() => _listener.Dispose();
    }
}
