using System.Diagnostics;
using Aspire.Hosting.Bundle;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dcp;

/// <summary>The DCP of this application: started on first use, ended with all that it runs.</summary>
/// <remarks>DCP watches this process and cleans up by itself when it is killed.</remarks>
internal sealed class DcpHost(IAspireBundle bundle, IConfiguration configuration, ILogger<DcpHost> logger) : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>A shutdown must end within 10 s; what is left then, DCP cleans up after this process has gone.</summary>
    private static readonly TimeSpan CleanupLimit = TimeSpan.FromSeconds(5.5);

    /// <summary>Meant for this process only; DCP would pass them on to all that it starts.</summary>
    private static readonly string[] NotInherited =
        ["ASPNETCORE_URLS", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "DOTNET_LAUNCH_PROFILE", "ASPIRE_LOG_LEVEL"];

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _ended = new();
    private Task<DcpClient>? _start;
    private Task? _stop;

    /// <summary>Starts DCP if that has not been done; waiting for the result is up to the caller.</summary>
    public Task<DcpClient> StartAsync()
    {
        lock (_gate)
        {
            return _start ??= Task.Run(() => LaunchAsync(_ended.Token));
        }
    }

    /// <summary>What DCP finds out about the container engine.</summary>
    public async Task<ContainerRuntimeState?> CheckContainerRuntimeAsync(CancellationToken cancellationToken)
    {
        var location = await bundle.GetAsync(cancellationToken);
        return await DcpCommand.FindContainerRuntimeAsync(location.DcpPath, ContainerRuntime, cancellationToken);
    }

    /// <summary>Ends all processes, containers and networks, then DCP itself.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            // From here on nothing can be started.
            _start ??= Task.FromCanceled<DcpClient>(new CancellationToken(canceled: true));
            return _stop ??= StopAsync(_start, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        if (_start is { IsCompletedSuccessfully: true })
        {
            (await _start).Dispose();
        }

        _ended.Dispose();
    }

    private string? ContainerRuntime =>
        configuration["DcpPublisher:ContainerRuntime"] ?? configuration["ASPIRE_CONTAINER_RUNTIME"] ?? configuration["DOTNET_ASPIRE_CONTAINER_RUNTIME"];

    private async Task StopAsync(Task<DcpClient> start, CancellationToken cancellationToken)
    {
        if (!start.IsCompletedSuccessfully)
        {
            await _ended.CancelAsync();
            await ((Task)start).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!start.IsCompletedSuccessfully)
            {
                return;
            }
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(CleanupLimit);
        try
        {
            await CleanUpAsync(await start, limit.Token);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or DcpRequestException)
        {
            DcpLog.CleanupNotRequested(logger, failure);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            DcpLog.CleanupGoesOn(logger);
        }
    }

    private async Task<DcpClient> LaunchAsync(CancellationToken cancellationToken)
    {
        var location = await bundle.GetAsync(cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();

        // DCP deletes the folder when it ends as it was asked to. So it is started to the end, also for an application that is ending already:
        // cut off half-way it would leave the folder, and run until it notices that this process is gone.
        var session = Directory.CreateTempSubdirectory("aspire-dcp").FullName;
        var kubeconfig = Path.Combine(session, "kubeconfig");
        var (certificatePath, keyPath) = (Path.Combine(session, "dcp.crt"), Path.Combine(session, "dcp.key"));
        var certificate = DcpCertificate.Write(certificatePath, keyPath);

        var dcp = new ProcessStartInfo(location.DcpPath,
        [
            "start-apiserver", "--monitor", $"{Environment.ProcessId}", "--detach", "--kubeconfig", kubeconfig,
            "--tls-cert-file", certificatePath, "--tls-key-file", keyPath,
            .. DcpCommand.ContainerRuntimeArguments(ContainerRuntime),
        ]);
        dcp.Environment["DCP_SESSION_FOLDER"] = session;

        foreach (var name in NotInherited)
        {
            dcp.Environment.Remove(name);
        }

        using var limit = new CancellationTokenSource(StartLimit);
        try
        {
            await DcpCommand.RunAsync(dcp, limit.Token);
            while (!File.Exists(kubeconfig))
            {
                await Task.Delay(PollInterval, limit.Token);
            }

            var client = DcpClient.Connect(DcpConnection.Parse(await File.ReadAllTextAsync(kubeconfig, limit.Token), certificate));
            await WaitUntilItAnswersAsync(client, limit.Token);
            return client;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new DistributedApplicationException($"DCP ({location.DcpPath}) was expected to answer within {StartLimit.TotalSeconds} s of its start, and does not.");
        }
    }

    private static async Task WaitUntilItAnswersAsync(DcpClient client, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await client.GetExecutionAsync(cancellationToken);
                return;
            }
            catch (Exception early) when (early is HttpRequestException or DcpRequestException)
            {
                // The address is known before the API is served.
                await Task.Delay(PollInterval, cancellationToken);
            }
        }
    }

    private static async Task CleanUpAsync(DcpClient client, CancellationToken cancellationToken)
    {
        await client.SetExecutionAsync(new(ApiServerExecution.CleaningResources, "Full"), cancellationToken);
        while ((await client.GetExecutionAsync(cancellationToken)).Status == ApiServerExecution.CleaningResources)
        {
            await Task.Delay(PollInterval, cancellationToken);
        }

        await client.SetExecutionAsync(new(ApiServerExecution.Stopping), cancellationToken);
    }
}
