using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.Hosting;

/// <summary>What every program of the solution has in common: telemetry, health checks, resilient and discovering HTTP clients.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>The tag of the checks that <c>/alive</c> runs: they look at this process only, never at what it depends on.</summary>
    public const string LiveTag = "live";

    /// <summary>Adds telemetry, the <c>self</c> health check, and resilience and service discovery for every <see cref="HttpClient"/>.</summary>
    /// <param name="builder">A web application's or a console program's builder.</param>
    /// <returns>The same builder.</returns>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);

        builder.AddTelemetry();
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [LiveTag]);
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler();
            http.AddServiceDiscovery();
        });
        return builder;
    }
}
