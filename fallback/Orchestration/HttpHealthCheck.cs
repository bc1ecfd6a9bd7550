using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Orchestration;

/// <summary>Asks an http endpoint for its status code.</summary>
internal sealed class HttpHealthCheck(EndpointReference endpoint, string path, int statusCode) : IHealthCheck
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2), AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(10) };

    // A process is Running before it listens. Asking again soon inside of one check finds it healthy up to a second earlier than the next check would.
    private static readonly TimeSpan ListenPatience = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan ListenRetry = TimeSpan.FromMilliseconds(50);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!endpoint.IsAllocated)
        {
            return HealthCheckResult.Unhealthy($"The endpoint '{endpoint.EndpointName}' of '{endpoint.Resource.Name}' is not allocated yet.");
        }

        var uri = new Uri(new Uri(endpoint.Url), path);
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                using var response = await Client.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
                return (int)response.StatusCode == statusCode
                    ? HealthCheckResult.Healthy()
                    : HealthCheckResult.Unhealthy($"{uri} answered with status code {(int)response.StatusCode}, expected {statusCode}.");
            }
            catch (HttpRequestException failure) when (NothingListens(failure) && TimeProvider.System.GetElapsedTime(started) < ListenPatience)
            {
                await Task.Delay(ListenRetry, cancellationToken);
            }
            catch (Exception failure) when (failure is HttpRequestException || (failure is TaskCanceledException && !cancellationToken.IsCancellationRequested))
            {
                return HealthCheckResult.Unhealthy($"{uri} did not answer: {failure.Message}", failure);
            }
        }
    }

    // The proxy in front of a process takes connections before the process does, and drops them.
    private static bool NothingListens(HttpRequestException failure) =>
        failure.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused } or IOException or HttpIOException
        || failure.HttpRequestError == HttpRequestError.ResponseEnded;
}
