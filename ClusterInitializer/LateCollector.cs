using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Logs;
using OpenTelemetry.Trace;

namespace ClusterInitializer;

/// <summary>This program may be done before the collector listens that was started with it, and what cannot be sent is lost.</summary>
internal static class LateCollector
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Exports telemetry at the end: <see cref="WaitForCollectorAsync"/> comes before.</summary>
    public static void AddTelemetryExportOfAShortRun(this IHostApplicationBuilder builder)
    {
        builder.AddTelemetryExport();
        var delay = (int)Patience.TotalMilliseconds;
        builder.Services.ConfigureAll<ActivityExportProcessorOptions>(spans => spans.BatchExportProcessorOptions.ScheduledDelayMilliseconds = delay);
        builder.Services.ConfigureAll<LogRecordExportProcessorOptions>(logs => logs.BatchExportProcessorOptions.ScheduledDelayMilliseconds = delay);
    }

    /// <summary>Completes when the collector listens, at once if there is none, and after 5 s or with the token in any case.</summary>
    public static async Task WaitForCollectorAsync(this IHost host, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(host.Services.GetRequiredService<IConfiguration>()[TelemetryExport.OtlpEndpoint], UriKind.Absolute, out var collector))
        {
            return;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            while (!await ListensAsync(collector, limit.Token))
            {
                await Task.Delay(Pause, limit.Token);
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
}
