using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dcp;

/// <summary>Follows all objects of one kind and lets others wait for what they become.</summary>
internal sealed class DcpWatcher<T>(DcpClient client, Action<WatchEvent<T>> onChange, ILogger logger) where T : DcpObject, IDcpKind<T>
{
    private static readonly TimeSpan Reconnect = TimeSpan.FromMilliseconds(100);

    /// <summary>A deletion that happens while the watch reconnects is not told: ask for it now and then.</summary>
    private static readonly TimeSpan MissedDeletion = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, T> _objects = [];
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>Runs until cancelled; DCP ends each watch after a while.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var connected = true;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var change in client.WatchAsync<T>(cancellationToken))
                {
                    connected = true;
                    if (IsNew(change))
                    {
                        onChange(change);
                        Signal();
                    }
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException or DcpRequestException)
            {
                if (connected)
                {
                    connected = false;
                    DcpLog.WatchBroken(logger, T.Plural, failure.Message);
                }

                await Task.Delay(Reconnect, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Waits until the object is as wanted, or gone.</summary>
    /// <returns>The object, or null when there is none.</returns>
    public async Task<T?> WaitAsync(string name, Func<T, bool> isWanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            T? current;
            lock (_gate)
            {
                changed = _changed.Task;
                current = _objects.GetValueOrDefault(name);
            }

            if (current is null || isWanted(current))
            {
                return current;
            }

            if (await Task.WhenAny(changed, Task.Delay(MissedDeletion, cancellationToken)) != changed)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (await client.GetAsync<T>(name, cancellationToken) is null)
                {
                    Forget(name);
                }
            }
        }
    }

    /// <summary>Takes an object into account that was just created, before the watch tells of it.</summary>
    public void Remember(T created)
    {
        lock (_gate)
        {
            _objects.TryAdd(created.Name, created);
        }
    }

    /// <summary>A new watch starts with all objects, also the unchanged ones.</summary>
    private bool IsNew(WatchEvent<T> change)
    {
        lock (_gate)
        {
            if (change.IsDeleted)
            {
                return _objects.Remove(change.Object.Name);
            }

            var known = _objects.GetValueOrDefault(change.Object.Name)?.Metadata;
            _objects[change.Object.Name] = change.Object;
            return known is null || known.Uid != change.Object.Metadata.Uid || known.ResourceVersion != change.Object.Metadata.ResourceVersion;
        }
    }

    private void Forget(string name)
    {
        lock (_gate)
        {
            _objects.Remove(name);
        }
    }

    private void Signal()
    {
        lock (_gate)
        {
            _changed.SetResult();
            _changed = NewSignal();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
