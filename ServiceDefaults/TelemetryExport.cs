using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Exporter;
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
    /// <summary>The setting that says where telemetry is sent.</summary>
    public const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private static readonly TimeSpan ExportTimeout = TimeSpan.FromSeconds(1);

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
        builder.Services.ConfigureAll<OtlpExporterOptions>(otlp => otlp.TimeoutMilliseconds = (int)ExportTimeout.TotalMilliseconds);
    }

    private static string? Version => Assembly.GetEntryAssembly()?.GetName().Version?.ToString(3);
}
