using ClusterInitializer.Planning;
using Microsoft.Extensions.Logging;

namespace ClusterInitializer.Execution;

/// <summary>How far the moves of a run are, told in the log every few seconds and in the metrics always.</summary>
internal sealed class MoveProgress(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private MoveSlots? _move;
    private long _started;
    private long _told;
    private long _allKeys;
    private int _slots;
    private long _keys;
    private long _bytes;

    /// <summary>Timestamp of the last slot that arrived; 0 before the first.</summary>
    public long LastMoved { get; private set; }

    public void Start(MoveSlots move, long keys)
    {
        lock (_gate)
        {
            (_move, _allKeys, _slots, _keys, _bytes) = (move, keys, 0, 0, 0);
            _started = _told = LastMoved = time.GetTimestamp();
        }
    }

    public void Moved(int slots, long keys, long bytes)
    {
        Telemetry.MovedSlots.Add(slots);
        Telemetry.MovedKeys.Add(keys);
        Telemetry.MovedBytes.Add(bytes);
        lock (_gate)
        {
            _slots += slots;
            _keys += keys;
            _bytes += bytes;
            LastMoved = time.GetTimestamp();
            if (time.GetElapsedTime(_told) < Interval || _move is null)
            {
                return;
            }

            _told = LastMoved;
            // Slots take time even when empty, keys take time each: the share of both is nearer to the truth than either.
            var done = (double)(_slots + _keys) / Math.Max(1, _move.Slots.Count + _allKeys);
            var left = time.GetElapsedTime(_started) * ((1 - done) / done);
            logger.Moving(_slots, _move.Slots.Count, _move.Source.ToString(), _move.Target.ToString(), _keys, _bytes / 1048576.0, Math.Max(0, left.TotalSeconds));
        }
    }
}
