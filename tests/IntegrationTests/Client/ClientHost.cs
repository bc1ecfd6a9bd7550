using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using OpenTelemetry;
using OpenTelemetry.Trace;
using RedisCluster.Client;
using RedisCluster.Client.Telemetry;

namespace IntegrationTests.Client;

/// <summary>An application that does nothing but use the client, with its spans collected.</summary>
internal sealed class ClientHost : IAsyncDisposable
{
    /// <summary>The source of the activities that commands are called under.</summary>
    public static readonly ActivitySource Callers = new("Callers");

    private readonly IHost _host;

    private ClientHost(IHost host, SpanCollection spans)
    {
        _host = host;
        Spans = spans;
    }

    public SpanCollection Spans { get; }

    public IServiceProvider Services => _host.Services;

    /// <summary>What the client has logged so far.</summary>
    public IReadOnlyList<string> Log => [.. Get<FakeLogCollector>().GetSnapshot().Where(record => record.Category == typeof(RedisClusterConnection).FullName).Select(record => record.Message)];

    public static async Task<ClientHost> StartAsync(string connectionString, Action<RedisClusterClientSettings>? configure = null, CancellationToken cancellationToken = default)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:redis", connectionString)]);
        builder.Logging.AddFakeLogging();
        builder.AddRedisClusterClient("redis", configure);
        var spans = new SpanCollection();
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource(Callers.Name).SetSampler(new AlwaysOnSampler()).AddProcessor(spans));
        builder.Services.AddOpenTelemetry().WithMetrics();
        var host = builder.Build();
        await host.StartAsync(cancellationToken);
        return new ClientHost(host, spans);
    }

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>The command spans so far, with those that are only complete and not recorded yet.</summary>
    public IReadOnlyList<Activity> Commands()
    {
        _host.Services.GetRequiredService<TracerProvider>().ForceFlush();
        return RecordedCommands();
    }

    /// <summary>The command spans so far. A listener hears every source of a name: those of applications that run beside it are left out.</summary>
    public IReadOnlyList<Activity> RecordedCommands() => [.. Spans.All.Where(span => span.Source == Get<CommandTelemetry>().Source)];

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}

internal sealed class SpanCollection : BaseProcessor<Activity>
{
    private readonly ConcurrentQueue<Activity> _spans = new();

    public IReadOnlyList<Activity> All => [.. _spans];

    public override void OnEnd(Activity data) => _spans.Enqueue(data);
}
