namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value that is set later and may be set again; readers wait for the first one.</summary>
public class ValueSnapshot<T> where T : notnull
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<T> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<T>? _current;

    public bool IsValueSet => (_current ?? _first.Task).IsCompletedSuccessfully;

    public Task<T> GetValueAsync(CancellationToken cancellationToken = default) => (_current ?? _first.Task).WaitAsync(cancellationToken);

    public void SetValue(T value)
    {
        lock (_gate)
        {
            _current = Task.FromResult(value);
            _first.TrySetResult(value);
        }
    }

    public void SetException(Exception exception)
    {
        lock (_gate)
        {
            _current = Task.FromException<T>(exception);
            _first.TrySetException(exception);
        }
    }
}
