using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using StackExchange.Redis;

namespace Bench.Api;

/// <summary>How the API reaches the cluster.</summary>
internal enum ApiKind
{
    /// <summary>StackExchange.Redis as it comes.</summary>
    Bare,

    /// <summary>The same in an application with telemetry of its own requests: what a span for each request costs without any of ours.</summary>
    BareTraced,

    /// <summary>The bare driver with the spans of OpenTelemetry.Instrumentation.StackExchangeRedis.</summary>
    BareInstrumented,

    /// <summary>RedisCluster.Client, repeating what is safe to repeat, with traces of every request and every command, and metrics.</summary>
    Full,

    /// <summary>The same with its telemetry switched off.</summary>
    FullSilent,
}

/// <summary>A minimal API whose request is one GET on the cluster: a program of its own for each kind, all of one build.</summary>
internal static class ServedApi
{
    private const int Keys = 1000;

    public static async Task ServeAsync(ApiKind kind, int port, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        AddRedis(builder, kind);
        await using var app = builder.Build();
        var next = 0;
        var keys = Enumerable.Range(0, Keys).Select(KeyOf).ToArray();
        app.MapGet("/value", async (IDatabaseAsync redis) =>
        {
            var value = await redis.StringGetAsync(keys[(uint)Interlocked.Increment(ref next) % Keys]);
            return value.IsNull ? Results.NotFound() : Results.Bytes((ReadOnlyMemory<byte>)value, "text/plain; charset=utf-8");
        });
        app.MapGet("/cost", () => new ApiCost(Environment.ProcessId, GC.GetTotalAllocatedBytes(), Environment.CpuUsage.TotalTime.TotalMicroseconds));
        await app.RunAsync(cancellationToken);
    }

    public static RedisKey KeyOf(int number) => $"value:{number}";

    private static void AddRedis(WebApplicationBuilder builder, ApiKind kind)
    {
        switch (kind)
        {
            case ApiKind.Bare or ApiKind.BareTraced or ApiKind.BareInstrumented:
                builder.Services.AddSingleton<IConnectionMultiplexer>(ConnectionMultiplexer.Connect(builder.Configuration["ConnectionStrings:redis"]!));
                builder.Services.AddSingleton<IDatabaseAsync>(services => services.GetRequiredService<IConnectionMultiplexer>().GetDatabase());
                break;
            case ApiKind.Full:
                builder.AddRedisClusterClient("redis");
                break;
            case ApiKind.FullSilent:
                builder.AddRedisClusterClient("redis", settings => (settings.DisableTracing, settings.DisableMetrics) = (true, true));
                break;
            default:
                throw new UnreachableException($"No API of kind {kind}.");
        }

        if (kind is ApiKind.BareTraced or ApiKind.BareInstrumented or ApiKind.Full)
        {
            // The exporter batches and serializes as always; what a collector then does with it is not the application's time.
            builder.AddServiceDefaults();
            builder.Services.AddOpenTelemetry()
                .WithTracing(tracing => tracing.SetSampler(new AlwaysOnSampler()).AddOtlpExporter(NoCollector.Configure))
                .WithMetrics(metrics => metrics.AddOtlpExporter(NoCollector.Configure));
            if (kind is ApiKind.BareInstrumented)
            {
                builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddRedisInstrumentation());
            }
        }
    }
}

/// <summary>What the API's process used since its start.</summary>
internal sealed record ApiCost(int ProcessId, long AllocatedBytes, double CpuMicroseconds);
