using Grpc.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>Answers the dashboard. Its streams end when the application stops, or Kestrel would wait for them.</summary>
internal sealed class DashboardService(
    ResourceFeed resources,
    ConsoleLogs consoleLogs,
    CommandRequests commands,
    ArgumentDialogs dialogs,
    IHostApplicationLifetime lifetime,
    IConfiguration configuration,
    IHostEnvironment environment,
    ILogger<DashboardService> logger) : Wire.DashboardService.DashboardServiceBase
{
    public override Task<Wire.ApplicationInformationResponse> GetApplicationInformation(Wire.ApplicationInformationRequest request, ServerCallContext context) =>
        Task.FromResult(new Wire.ApplicationInformationResponse
        {
            ApplicationName = WithoutAppHost(configuration["AppHost:DashboardApplicationName"] ?? environment.ApplicationName),
            MinDashboardVersion = "13.5.0",
        });

    public override Task WatchResources(Wire.WatchResourcesRequest request, IServerStreamWriter<Wire.WatchResourcesUpdate> responseStream, ServerCallContext context) =>
        SendAsync(resources.WatchAsync, responseStream, context);

    public override Task WatchResourceConsoleLogs(Wire.WatchResourceConsoleLogsRequest request, IServerStreamWriter<Wire.WatchResourceConsoleLogsUpdate> responseStream, ServerCallContext context) =>
        SendAsync(token => consoleLogs.ReadAsync(request.ResourceName, follow: !request.SuppressFollow, token), responseStream, context);

    public override Task<Wire.ResourceCommandResponse> ExecuteResourceCommand(Wire.ResourceCommandRequest request, ServerCallContext context) =>
        commands.ExecuteAsync(request, context.CancellationToken);

    public override async Task WatchInteractions(
        IAsyncStreamReader<Wire.WatchInteractionsRequestUpdate> requestStream,
        IServerStreamWriter<Wire.WatchInteractionsResponseUpdate> responseStream,
        ServerCallContext context)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var sending = SendAsync(dialogs.WatchAsync, responseStream, context, ended.Token);
        await ReceiveAsync();
        await ended.CancelAsync();
        await sending;

        async Task ReceiveAsync()
        {
            using var stopping = CancellationTokenSource.CreateLinkedTokenSource(ended.Token, lifetime.ApplicationStopping);
            try
            {
                await foreach (var answer in requestStream.ReadAllAsync(stopping.Token))
                {
                    dialogs.Answer(answer);
                }
            }
            catch (Exception exception) when (IsEnd(exception, stopping.Token))
            {
                LogStreamEnded(exception, nameof(WatchInteractions));
            }
        }
    }

    private Task SendAsync<T>(Func<CancellationToken, IAsyncEnumerable<T>> source, IServerStreamWriter<T> destination, ServerCallContext context) =>
        SendAsync(source, destination, context, context.CancellationToken);

    private async Task SendAsync<T>(Func<CancellationToken, IAsyncEnumerable<T>> source, IServerStreamWriter<T> destination, ServerCallContext context, CancellationToken ended)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(ended, lifetime.ApplicationStopping);
        try
        {
            await foreach (var message in source(stopping.Token).WithCancellation(stopping.Token))
            {
                await destination.WriteAsync(message, stopping.Token);
            }
        }
        catch (Exception exception) when (IsEnd(exception, stopping.Token))
        {
            LogStreamEnded(exception, context.Method);
        }
    }

    // A page that is closed, or the end of the application: both reach a stream as a cancellation, or as an IOException in the middle of a write.
    private static bool IsEnd(Exception exception, CancellationToken token) =>
        token.IsCancellationRequested && exception is OperationCanceledException or IOException or InvalidOperationException;

    private void LogStreamEnded(Exception exception, string method) => Log.StreamEnded(logger, method, exception.Message);

    private static string WithoutAppHost(string name) =>
        name.EndsWith("AppHost", StringComparison.OrdinalIgnoreCase) && name.Length > "AppHost".Length ? name[..^"AppHost".Length].TrimEnd('.', '-', '_') : name;
}
