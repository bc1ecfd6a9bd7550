using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dcp;

/// <summary>The objects of this application in DCP, followed from their creation to their deletion.</summary>
internal sealed class DcpSession : IAsyncDisposable
{
    private readonly DcpClient _client;
    private readonly DcpWatcher<Container> _containers;
    private readonly DcpWatcher<Executable> _executables;
    private readonly Task _watches;

    public DcpSession(
        DcpClient client,
        DcpLogs logs,
        Action<WatchEvent<Container>> onContainer,
        Action<WatchEvent<Executable>> onExecutable,
        ILogger logger,
        CancellationToken ending)
    {
        (_client, Logs) = (client, logs);
        _containers = new(client, onContainer, logger);
        _executables = new(client, onExecutable, logger);
        _watches = Task.WhenAll(_containers.RunAsync(ending), _executables.RunAsync(ending));
    }

    public DcpLogs Logs { get; }

    public Task CreateAsync(Container container, CancellationToken cancellationToken) => CreateAsync(_containers, container, cancellationToken);

    public Task CreateAsync(Executable executable, CancellationToken cancellationToken) => CreateAsync(_executables, executable, cancellationToken);

    /// <summary>Returns when the container or process has ended.</summary>
    public Task StopAsync(DcpInstance instance, CancellationToken cancellationToken) => instance.Resource.IsContainer()
        ? StopAsync(_containers, instance.Id, container => HasEnded(container.Status?.State), cancellationToken)
        : StopAsync(_executables, instance.Id, executable => HasEnded(executable.Status?.State), cancellationToken);

    /// <summary>Ends the container or process, keeps the last lines of its log, and returns when its name is free.</summary>
    public async Task RemoveAsync(DcpInstance? instance, CancellationToken cancellationToken)
    {
        if (instance is null)
        {
            return;
        }

        await StopAsync(instance, cancellationToken);
        await Logs.DrainAsync(instance.Id, cancellationToken);
        await (instance.Resource.IsContainer()
            ? DeleteAsync(_containers, instance.Id, cancellationToken)
            : DeleteAsync(_executables, instance.Id, cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        await Logs.DisposeAsync();
        await _watches;
    }

    private static bool HasEnded(string? state) => state is "Exited" or "Finished" or "Terminated" or "FailedToStart" or "NotFound";

    private async Task CreateAsync<T>(DcpWatcher<T> watcher, T value, CancellationToken cancellationToken) where T : DcpObject, IDcpKind<T>
    {
        await _client.CreateAsync(value, cancellationToken);
        watcher.Remember(value);
    }

    private async Task StopAsync<T>(DcpWatcher<T> watcher, string id, Func<T, bool> hasEnded, CancellationToken cancellationToken) where T : DcpObject, IDcpKind<T>
    {
        if (await _client.StopAsync<T>(id, cancellationToken))
        {
            await watcher.WaitAsync(id, hasEnded, cancellationToken);
        }
    }

    private async Task DeleteAsync<T>(DcpWatcher<T> watcher, string id, CancellationToken cancellationToken) where T : DcpObject, IDcpKind<T>
    {
        if (await _client.DeleteAsync<T>(id, cancellationToken))
        {
            await watcher.WaitAsync(id, _ => false, cancellationToken);
        }
    }
}
