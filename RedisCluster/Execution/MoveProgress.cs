using Microsoft.Extensions.Logging;

namespace RedisCluster.Execution;

/// <summary>How far the slot moves of a pass are: a line in the log at most every second, and metrics always. Moves may run side by side.</summary>
internal sealed class MoveProgress(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private long _started;
    private long _lastLine;
    private int _slots;
    private int _startedSlots;
    private int _movedSlots;
    private long _startedKeys;
    private long _movedKeys;
    private long _movedBytes;

    /// <summary>How many slots and keys have arrived since the run began.</summary>
    public long Arrived { get; private set; }

    /// <summary>Called when some did.</summary>
    public Action? OnArrival { get; set; }

    /// <summary>A pass begins; nothing of it has moved yet.</summary>
    public void Expect(int slots)
    {
        lock (_gate)
        {
            (_slots, _startedSlots, _movedSlots, _startedKeys, _movedKeys, _movedBytes) = (slots, 0, 0, 0, 0, 0);
            _started = _lastLine = time.GetTimestamp();
        }
    }

    /// <summary>A move begins, whose slots hold this many keys.</summary>
    public void Start(int slots, long keys)
    {
        lock (_gate)
        {
            _startedSlots += slots;
            _startedKeys += keys;
            _slots = Math.Max(_slots, _startedSlots);
        }
    }

    /// <summary>Slots, or only keys of a slot that has many, arrived at their new owner.</summary>
    public void Moved(int slots, long keys, long bytes)
    {
        Telemetry.MovedSlots.Add(slots);
        Telemetry.MovedKeys.Add(keys);
        Telemetry.MovedBytes.Add(bytes);
        lock (_gate)
        {
            _movedSlots += slots;
            _movedKeys += keys;
            _movedBytes += bytes;
            Arrived += slots + keys;
            if (slots + keys > 0)
            {
                OnArrival?.Invoke();
            }

            var left = TimeLeft();
            Telemetry.SlotsLeft.Record(_slots - _movedSlots);
            Telemetry.TimeLeft.Record(left.TotalSeconds);
            if (time.GetElapsedTime(_lastLine) >= Interval)
            {
                _lastLine = time.GetTimestamp();
                logger.Moving(_movedSlots, _slots, _movedKeys, _movedBytes / 1048576.0, left.TotalSeconds);
            }
        }
    }

    // Slots take time even when empty, keys take time each: the share of both is nearer to the truth than either. Moves that have not begun are
    // taken to have as many keys for each slot as those that have.
    private TimeSpan TimeLeft()
    {
        var keys = _startedSlots == 0 ? 0 : (double)_startedKeys * _slots / _startedSlots;
        var done = Math.Min(1, (_movedSlots + _movedKeys) / Math.Max(1, _slots + keys));
        return done == 0 ? TimeSpan.Zero : time.GetElapsedTime(_started) * ((1 - done) / done);
    }
}
