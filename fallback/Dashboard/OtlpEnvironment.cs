using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Dashboard;

/// <summary>Where a project sends its traces, metrics and logs: to the dashboard, under the name and id it has there.</summary>
internal static class OtlpEnvironment
{
    /// <summary>Annotations of the executor's object that hold the two names; it puts their values in for each replica.</summary>
    public const string ServiceNameAnnotation = "otel-service-name";
    public const string ServiceInstanceIdAnnotation = "otel-service-instance-id";

    public static void AddTo(IResource resource, IHostEnvironment environment) =>
        resource.Annotations.Add(new EnvironmentCallbackAnnotation(context =>
        {
            // Without a dashboard there is nobody to send to.
            if (context.ExecutionContext.Services.GetService<DashboardSettings>() is { } settings)
            {
                foreach (var (name, value) in Variables(settings, environment.IsDevelopment()))
                {
                    context.EnvironmentVariables[name] = value;
                }
            }
        }));

    internal static IEnumerable<KeyValuePair<string, string>> Variables(DashboardSettings settings, bool soon)
    {
        yield return new("OTEL_EXPORTER_OTLP_ENDPOINT", settings.OtlpUrl.GetLeftPart(UriPartial.Authority));
        yield return new("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
        yield return new("OTEL_SERVICE_NAME", $$$"""{{- index .Annotations "{{{ServiceNameAnnotation}}}" -}}""");
        yield return new("OTEL_RESOURCE_ATTRIBUTES", $$$"""service.instance.id={{- index .Annotations "{{{ServiceInstanceIdAnnotation}}}" -}}""");
        if (settings.OtlpApiKey is { } key)
        {
            yield return new("OTEL_EXPORTER_OTLP_HEADERS", $"x-otlp-api-key={key}");
        }

        if (settings.TrustFile is { } trust)
        {
            yield return new(DevelopmentCertificate.TrustVariable, trust);
        }

        // While developing one watches: a second instead of five and sixty, every trace, and metrics that lead to traces.
        if (soon)
        {
            yield return new("OTEL_BLRP_SCHEDULE_DELAY", "1000");
            yield return new("OTEL_BSP_SCHEDULE_DELAY", "1000");
            yield return new("OTEL_METRIC_EXPORT_INTERVAL", "1000");
            yield return new("OTEL_TRACES_SAMPLER", "always_on");
            yield return new("OTEL_METRICS_EXEMPLAR_FILTER", "trace_based");
        }
    }
}
