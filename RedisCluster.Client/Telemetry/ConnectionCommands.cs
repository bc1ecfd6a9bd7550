using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics;
using StackExchange.Redis.Profiling;

namespace RedisCluster.Client.Telemetry;

/// <summary>The commands of one connection that are not recorded yet, by the activity they were called under.</summary>
internal sealed class ConnectionCommands(CommandRecorder recorder, CommandFaults faults, int timeoutMilliseconds, bool traces, bool measures)
{
    // Without allowAdmin, which this library refuses, nobody but the driver sends these.
    private static readonly FrozenSet<string> OfTheDriver = FrozenSet.ToFrozenSet(["CLIENT", "CLUSTER", "CONFIG", "INFO", "SENTINEL"]);

    // What it sends anew after a connection broke, or a slot moved.
    private static readonly FrozenSet<string> OfSubscriptions = FrozenSet.ToFrozenSet(["SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE", "PING"]);

    // A command that was called and never finished is an error of the driver; nothing is kept for it for ever.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Activity, Caller> _callers = new();
    private readonly ProfilingSession _withoutParent = new();
    private readonly ProfilingSession _inDriver = new();
    private readonly ProfilingSession _notSampled = new();
    private readonly CommandJudge _judge = new(faults, TimeSpan.FromMilliseconds(timeoutMilliseconds));

    /// <summary>Where the driver puts what it measures of the command that the current thread is about to send; null when nobody wants it.</summary>
    internal ProfilingSession? SessionOfCaller()
    {
        var isTraced = traces && recorder.IsTraced;
        if (!isTraced && !(measures && recorder.IsMeasured))
        {
            return null;
        }

        var activity = Activity.Current;
        if (!isTraced || activity is { IsAllDataRequested: false })
        {
            return _notSampled;
        }

        return activity is null ? (CommandTelemetry.IsInDriver ? _inDriver : _withoutParent) : _callers.GetOrAdd(activity, static _ => new Caller()).Begin();
    }

    /// <summary>Records what was called under an activity that has just ended. What is still under way is left to <see cref="Sweep"/>.</summary>
    internal void RecordEnded(Activity activity)
    {
        if (_callers.TryGetValue(activity, out var caller) && Record(caller, activity.Context) && _callers.TryRemove(activity, out _))
        {
            // Called between the two lines by somebody who outlives the activity.
            Record(caller, activity.Context);
        }
    }

    /// <summary>Records everything that is complete.</summary>
    internal void Sweep()
    {
        Record(_withoutParent, default, traces);
        Record(_inDriver, default, traces);
        Record(_notSampled, default, withSpans: false);
        foreach (var (activity, caller) in _callers)
        {
            var isDone = Record(caller, activity.Context);
            if (activity.IsStopped && (isDone || DateTime.UtcNow - activity.StartTimeUtc - activity.Duration > Patience))
            {
                _callers.TryRemove(activity, out _);
            }
        }
    }

    private bool Record(Caller caller, ActivityContext parent) => caller.End(Record(caller.Session, parent, traces));

    private int Record(ProfilingSession session, ActivityContext parent, bool withSpans)
    {
        // No LINQ here: it would box the driver's enumerator for every request.
        var commands = session.FinishProfiling();
        HashSet<object>? redirected = null;
        foreach (var command in commands)
        {
            if (command.RetransmissionOf is { } first)
            {
                (redirected ??= new(ReferenceEqualityComparer.Instance)).Add(first);
            }
        }

        // A redirected command is there twice: first as sent to the wrong node, then as answered. Only the answered one is a command, the other its event.
        var finished = 0;
        foreach (var command in commands)
        {
            if (redirected?.Contains(command) == true)
            {
                continue;
            }

            finished++;
            var isOfDriver = OfTheDriver.Contains(command.Command) || (session == _inDriver && OfSubscriptions.Contains(command.Command));
            recorder.Record(command, parent, _judge.ErrorOf(command), withSpans && !isOfDriver, measures);
        }

        return finished;
    }

    private sealed class Caller
    {
        private int _underWay;

        internal ProfilingSession Session { get; } = new();

        internal ProfilingSession Begin()
        {
            Interlocked.Increment(ref _underWay);
            return Session;
        }

        /// <summary>True when nothing is under way any more.</summary>
        internal bool End(int finished) => Interlocked.Add(ref _underWay, -finished) <= 0;
    }
}
