namespace SampleApi.Map;

/// <summary>The newest map, for everyone who looks. A slow viewer misses states in between, and nothing piles up.</summary>
internal sealed class MapFeed
{
    /// <summary>How many pages one instance serves at once.</summary>
    internal const int MaxViewers = 64;

    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = Signal();
    private TaskCompletionSource _looked = Signal();
    private MapState? _current;
    private int _viewers;

    /// <summary>Names this feed, so that a page that comes back can tell it from that of another instance, or of an earlier run.</summary>
    internal string Name { get; } = Guid.NewGuid().ToString("N")[..8];

    internal bool IsWatched
    {
        get
        {
            lock (_lock)
            {
                return _viewers > 0;
            }
        }
    }

    /// <summary>Begins to look; null when there is no room for one more. Ends when disposed.</summary>
    internal IDisposable? TryLook()
    {
        lock (_lock)
        {
            if (_viewers == MaxViewers)
            {
                return null;
            }

            _viewers++;
            _looked.TrySetResult();
            return new Look(this);
        }
    }

    /// <summary>Returns when somebody looks.</summary>
    internal Task SomebodyLooksAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _looked.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The newest state other than the one that was seen; waits for one.</summary>
    internal async Task<MapState> NextAsync(MapState? seen, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_current is not null && _current != seen)
                {
                    return _current;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Shows a state to everyone. Null when nobody keeps it up to date any more: the next to look waits for a fresh one.</summary>
    internal void Show(MapState? state)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _current = state;
            (changed, _changed) = (_changed, Signal());
        }

        changed.SetResult();
    }

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void End()
    {
        lock (_lock)
        {
            if (--_viewers == 0)
            {
                _looked = Signal();
            }
        }
    }

    private sealed class Look(MapFeed feed) : IDisposable
    {
        private MapFeed? _feed = feed;

        public void Dispose() => Interlocked.Exchange(ref _feed, null)?.End();
    }
}
