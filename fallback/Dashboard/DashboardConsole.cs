using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>What the console says about the dashboard: where to open it, its errors, its end. Nothing else of its log.</summary>
internal sealed class DashboardConsole(
    DashboardSettings settings,
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    IHostApplicationLifetime lifetime,
    ILoggerFactory loggerFactory,
    TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(50);

    private readonly ILogger _application = loggerFactory.CreateLogger<DistributedApplication>();
    private readonly ILogger _dashboard = loggerFactory.CreateLogger("Aspire.Hosting.Dashboard");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // From here on the dashboard loses its services and would only complain about that.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        Task announcing = Task.CompletedTask, forwarding = Task.CompletedTask;
        try
        {
            await foreach (var update in notifications.WatchAsync(stopping.Token))
            {
                if (update.Resource.Name != DashboardResource.Name)
                {
                    continue;
                }

                var state = update.Snapshot.State?.Text;
                if (state == KnownResourceStates.Running && announcing == Task.CompletedTask)
                {
                    announcing = AnnounceAsync(ended.Token);
                    forwarding = ForwardErrorsAsync(update.ResourceId, ended.Token);
                }
                else if (state is not null && KnownResourceStates.TerminalStates.Contains(state))
                {
                    Log.DashboardEnded(_application, state, update.Snapshot.ExitCode, await LastLinesAsync(update.ResourceId, stopping.Token));
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The application ends, and the dashboard with it.
        }

        await ended.CancelAsync();
        await Task.WhenAll(announcing, forwarding).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        var url = settings.PreferredUrl;
        while (!await AnswersAsync(url, cancellationToken))
        {
            await Task.Delay(BetweenAttempts, time, cancellationToken);
        }

        var address = url.GetLeftPart(UriPartial.Authority);
        Log.NowListening(_application, address);
        if (settings.BrowserToken is { } token)
        {
            Log.LoginToDashboard(_application, address, token);
        }
    }

    private static async Task<bool> AnswersAsync(Uri url, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(url.IsLoopback ? "localhost" : url.Host, url.Port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            // Not yet.
            return false;
        }
    }

    private async Task ForwardErrorsAsync(string resourceId, CancellationToken cancellationToken)
    {
        await foreach (var lines in loggers.WatchAsync(resourceId).WithCancellation(cancellationToken))
        {
            foreach (var line in lines.Select(line => DashboardLogLine.Parse(line.Content, line.IsErrorMessage)).Where(line => line.Level >= LogLevel.Error))
            {
                Log.DashboardError(_dashboard, line.Text);
            }
        }
    }

    private async Task<string> LastLinesAsync(string resourceId, CancellationToken cancellationToken)
    {
        var last = new Queue<string>();
        await foreach (var lines in loggers.GetAllAsync(resourceId).WithCancellation(cancellationToken))
        {
            foreach (var line in lines.Select(line => DashboardLogLine.Parse(line.Content, line.IsErrorMessage)).Where(line => line.Level >= LogLevel.Warning))
            {
                last.Enqueue(line.Text);
                if (last.Count > 5)
                {
                    last.Dequeue();
                }
            }
        }

        return last.Count == 0 ? "" : $" Its last words:{Environment.NewLine}{string.Join(Environment.NewLine, last)}";
    }
}
