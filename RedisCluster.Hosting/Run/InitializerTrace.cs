using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using RedisCluster.Execution;

namespace RedisCluster.Hosting.Run;

/// <summary>Sends the spans of the runs of one initializer to where its telemetry goes, under its name; an AppHost has no telemetry of its own.</summary>
internal sealed class InitializerTrace(RedisClusterInitializerResource resource, InitializeResourceEvent started) : IAsyncDisposable
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";
    private const string Headers = "OTEL_EXPORTER_OTLP_HEADERS";
    private const string Dashboard = "aspire-dashboard";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // The source is one for the whole process: the run that a span belongs to is the one that it ends in.
    private static readonly AsyncLocal<InitializerTrace?> Current = new();
    private TracerProvider? _provider;
    private Task _sending = Task.CompletedTask;

    /// <summary>Runs the work as a trace of its own.</summary>
    public async Task<T> OfAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        _provider ??= await CreateAsync(cancellationToken);
        Current.Value = this;
        Activity.Current = null;
        var result = await work();
        await _sending;
        _sending = _provider is null ? Task.CompletedTask : SendAsync(_provider, cancellationToken);
        return result;
    }

    public async ValueTask DisposeAsync()
    {
        await _sending;
        _provider?.Dispose();
    }

    // Nothing is sent before the dashboard listens, because what cannot be sent is lost.
    private async Task SendAsync(TracerProvider provider, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            await started.Notifications.WaitForResourceAsync(Dashboard, change => change.Snapshot.HealthStatus == HealthStatus.Healthy, limit.Token);
            await Task.Run(() => provider.ForceFlush(), limit.Token);
        }
        catch (OperationCanceledException cause)
        {
            Log.TraceNotSent(started.Logger, cause, resource.Name);
        }
    }

    // Null without a dashboard.
    private async Task<TracerProvider?> CreateAsync(CancellationToken cancellationToken)
    {
        if (started.Services.GetRequiredService<DistributedApplicationModel>().Resources.All(other => other.Name != Dashboard))
        {
            return null;
        }

        var options = new OtlpExporterOptions();
        var settings = await SettingsAsync(cancellationToken);
        if (settings.GetValueOrDefault(Protocol) == "http/protobuf")
        {
            options.Protocol = OtlpExportProtocol.HttpProtobuf;
            options.Endpoint = new Uri(new Uri(settings[Endpoint]), "v1/traces");
        }
        else
        {
            options.Endpoint = new Uri(settings[Endpoint]);
        }

        options.Headers = settings.GetValueOrDefault(Headers);
        return Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(service => service.AddService(resource.Name, autoGenerateServiceInstanceId: false))
            .AddSource(Telemetry.Name)
            .SetSampler(new AlwaysOnSampler())
            .AddProcessor(new OwnSpans(this, new OtlpTraceExporter(options)))
            .Build();
    }

    // What a program would find in its environment.
    private async Task<Dictionary<string, string>> SettingsAsync(CancellationToken cancellationToken)
    {
        var context = new EnvironmentCallbackContext(started.Services.GetRequiredService<DistributedApplicationExecutionContext>(), resource, cancellationToken: cancellationToken);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            await annotation.Callback(context);
        }

        var settings = new Dictionary<string, string>();
        foreach (var name in (string[])[Endpoint, Protocol, Headers])
        {
            if (context.EnvironmentVariables.TryGetValue(name, out var value) && (value is IValueProvider provider ? await provider.GetValueAsync(cancellationToken) : value.ToString()) is { } text)
            {
                settings[name] = text;
            }
        }

        return settings;
    }

    private sealed class OwnSpans(InitializerTrace trace, OtlpTraceExporter exporter)
        : BatchActivityExportProcessor(exporter, maxQueueSize: 16_384, scheduledDelayMilliseconds: int.MaxValue, maxExportBatchSize: 16_384)
    {
        public override void OnEnd(Activity data)
        {
            if (Current.Value == trace)
            {
                base.OnEnd(data);
            }
        }
    }
}
