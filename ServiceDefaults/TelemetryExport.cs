using System.Net.Sockets;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Microsoft.Extensions.Hosting;

/// <summary>
/// OpenTelemetry: which sources exist is always known, a provider that listens to them is made only when there is somebody to send to. Enough for a
/// program that runs once and calls nobody by HTTP; all others take the whole of <see cref="ServiceDefaultsExtensions.AddServiceDefaults"/>.
/// </summary>
public static class TelemetryExport
{
    private const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private static readonly TimeSpan s_exportTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_collectorStart = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Names the program's own source and meter and, when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set, exports logs, traces and metrics to it.
    /// Without the endpoint nothing listens, so spans and measurements cost next to nothing; an exporter that the program adds by itself still finds every source.
    /// </summary>
    public static void AddTelemetryExport(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);

        var application = builder.Environment.ApplicationName;
        builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddSource(application));
        builder.Services.ConfigureOpenTelemetryMeterProvider(metrics => metrics.AddMeter(application));
        if (string.IsNullOrWhiteSpace(builder.Configuration[OtlpEndpoint]))
        {
            return;
        }

        builder.Services.AddOpenTelemetry()
            // OTEL_SERVICE_NAME, which an orchestrator sets, wins over this name.
            .ConfigureResource(resource => resource.AddService(application, serviceVersion: Version).AddEnvironmentVariableDetector())
            .WithLogging(configureBuilder: null, options =>
            {
                options.IncludeFormattedMessage = true;
                options.IncludeScopes = true;
            })
            .WithTracing()
            .WithMetrics()
            .UseOtlpExporter();

        // At the end the collector may be gone while its port still accepts: the default of 10 s would hold up every shutdown.
        builder.Services.ConfigureAll<OtlpExporterOptions>(otlp => otlp.TimeoutMilliseconds = (int)s_exportTimeout.TotalMilliseconds);
    }

    /// <summary>
    /// For a program that may be done before the collector that was started with it listens: nothing is sent in its first seconds, as what cannot be sent is
    /// lost, and <see cref="WaitForCollectorAsync"/> comes before its end.
    /// </summary>
    public static void AddTelemetryExportOfAShortRun(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);

        builder.AddTelemetryExport();
        var delay = (int)s_collectorStart.TotalMilliseconds;
        builder.Services.ConfigureAll<ActivityExportProcessorOptions>(spans => spans.BatchExportProcessorOptions.ScheduledDelayMilliseconds = delay);
        builder.Services.ConfigureAll<LogRecordExportProcessorOptions>(logs => logs.BatchExportProcessorOptions.ScheduledDelayMilliseconds = delay);
    }

    /// <summary>Completes when the collector listens, at once if there is none, and after 5 s or with the token in any case.</summary>
    public static async Task WaitForCollectorAsync(this IHost host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);

        if (!Uri.TryCreate(host.Services.GetRequiredService<IConfiguration>()[OtlpEndpoint], UriKind.Absolute, out var collector))
        {
            return;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_collectorStart);
        try
        {
            while (!await ListensAsync(collector, limit.Token))
            {
                await Task.Delay(s_pause, limit.Token);
            }
        }
        catch (OperationCanceledException)
        {
            return; // The exporters try once more, and what they have is lost.
        }
    }

    private static async Task<bool> ListensAsync(Uri collector, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(collector.Host, collector.Port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string? Version => Assembly.GetEntryAssembly()?.GetName().Version?.ToString(3);
}
