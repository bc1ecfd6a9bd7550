using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Microsoft.Extensions.Hosting;

/// <summary>What is seen of a program beside its own source and meter: its HTTP calls, its runtime and, of a web application, its requests.</summary>
internal static class Telemetry
{
    internal static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        var isWeb = builder is WebApplicationBuilder;
        builder.Services.ConfigureOpenTelemetryTracerProvider(tracing =>
        {
            tracing.AddHttpClientInstrumentation();
            if (isWeb)
            {
                tracing.AddAspNetCoreInstrumentation(options => options.Filter = IsNotProbe);
            }
        });
        builder.Services.ConfigureOpenTelemetryMeterProvider(metrics =>
        {
            metrics.AddHttpClientInstrumentation().AddRuntimeInstrumentation();
            if (isWeb)
            {
                metrics.AddAspNetCoreInstrumentation();
            }
        });
        builder.AddTelemetryExport();
    }

    // An orchestrator probes every few seconds: those traces would bury the ones that somebody looks for.
    private static bool IsNotProbe(HttpContext context) =>
        !context.Request.Path.StartsWithSegments(HealthEndpoints.HealthPath) && !context.Request.Path.StartsWithSegments(HealthEndpoints.AlivePath);
}
