using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using StackExchange.Redis;

var builder = WebApplication.CreateBuilder(args);

builder.AddRedisClusterClient("redis");

var telemetry = builder.Services.AddOpenTelemetry()
    .WithTracing(tracing => tracing.AddAspNetCoreInstrumentation())
    .WithMetrics(metrics => metrics.AddAspNetCoreInstrumentation());
if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is not null)
{
    telemetry.UseOtlpExporter();
}

var app = builder.Build();

app.MapHealthChecks("/health");

// IDatabaseAsync repeats what is safe to repeat while a failover lasts.
app.MapGet("/visits/{page}", async (string page, IDatabaseAsync redis) =>
    (long)await redis.StringGetAsync($"visits:{page}"));
app.MapPost("/visits/{page}", async (string page, IDatabaseAsync redis) =>
    await redis.StringIncrementAsync($"visits:{page}"));

app.Run();
