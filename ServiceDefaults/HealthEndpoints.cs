using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.Hosting;

/// <summary>The two endpoints that an orchestrator probes.</summary>
public static class HealthEndpoints
{
    /// <summary>Every check: may this instance be given work?</summary>
    public const string HealthPath = "/health";

    /// <summary>Only checks tagged <see cref="ServiceDefaultsExtensions.LiveTag"/>: should this instance be restarted?</summary>
    public const string AlivePath = "/alive";

    /// <summary>
    /// Maps <c>/health</c> and <c>/alive</c>. Both answer 200 while healthy or degraded, else 503, with a JSON body that names each check, its state and its words.
    /// Checks must therefore not put secrets into their descriptions.
    /// </summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);

        app.MapHealthChecks(HealthPath, new HealthCheckOptions { ResponseWriter = WriteAsync });
        app.MapHealthChecks(AlivePath, new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains(ServiceDefaultsExtensions.LiveTag),
            ResponseWriter = WriteAsync,
        });
        return app;
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(
        new HealthAnswer(report.Status, report.Entries.ToDictionary(entry => entry.Key, entry => new CheckAnswer(entry.Value.Status, entry.Value.Description))),
        HealthJson.Default.HealthAnswer,
        cancellationToken: context.RequestAborted);
}

internal sealed record HealthAnswer(HealthStatus Status, IReadOnlyDictionary<string, CheckAnswer> Checks);

internal sealed record CheckAnswer(HealthStatus Status, string? Description);

[JsonSourceGenerationOptions(UseStringEnumConverter = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HealthAnswer))]
internal sealed partial class HealthJson : JsonSerializerContext;
