// The driver marks its Availability namespace experimental: kept to this file and the observer of faults.
#pragma warning disable SER007
using StackExchange.Redis;
using StackExchange.Redis.Availability;

namespace RedisCluster.Client;

/// <summary>
/// Repeats what <see cref="RepeatableCalls"/> marks, and what surely was not applied, until a failover is over; but not while the whole cluster is away: a failover ends by
/// itself, and callers of a cluster that is down are better told so.
/// </summary>
internal sealed class RepeatSafeCommands : RetryPolicy
{
    // Short, so that a caller sees the promoted replica soon after its promotion; the jitter keeps callers from arriving together.
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Jitter = TimeSpan.FromMilliseconds(50);

    // All connections are lost for a moment when the network blinks or every container restarts: that is still worth a wait.
    private static readonly TimeSpan PatienceWithoutNodes = TimeSpan.FromSeconds(2);

    // A failover passes through these: a new primary waits for its replica, an old one does not know yet that it is none.
    private static readonly TimeSpan PatienceWithRefusals = TimeSpan.FromSeconds(3);

    // The driver asks inside the asynchronous loop that repeats one call: a value set there lives as long as that loop, and nobody else sees it.
    private readonly AsyncLocal<long?> _firstFault = new();
    private readonly AsyncLocal<long?> _firstRefusal = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _retryFor;
    private Func<bool> _isConnected = () => false;
    private Action _timedOut = () => { };
    private long _lastConnected;

    internal RepeatSafeCommands(TimeSpan retryFor, bool byEffect, TimeProvider time)
        : base(new Builder
        {
            // Never reached before the time is over: an attempt on a hung node takes a whole timeout, so attempts are no measure of time.
            MaxAttempts = 1 + (int)Math.Ceiling(retryFor / Delay),
            RetryDelay = Delay,
            JitterMax = Jitter,
            MaxCommandRetryCategory = byEffect ? CommandFlags.CommandRetryWriteLastWins : CommandFlags.CommandRetryReadOnly,
        })
    {
        _time = time;
        _retryFor = retryFor;
        _lastConnected = time.GetTimestamp() - (long)(PatienceWithoutNodes.TotalSeconds * time.TimestampFrequency);
    }

    /// <summary>Connects it to the connection; until then nothing is repeated.</summary>
    /// <param name="isConnected">Whether any node is connected.</param>
    /// <param name="timedOut">Told of each attempt that timed out.</param>
    internal void Watch(Func<bool> isConnected, Action timedOut) => (_isConnected, _timedOut) = (isConnected, timedOut);

    /// <inheritdoc/>
    public override RetryResult CanRetry(in FaultContext fault)
    {
        if (fault.Fault is TimeoutException)
        {
            _timedOut();
        }

        if (_isConnected())
        {
            Volatile.Write(ref _lastConnected, _time.GetTimestamp());
        }
        else if (_time.GetElapsedTime(Volatile.Read(ref _lastConnected)) >= PatienceWithoutNodes)
        {
            return RetryResult.None;
        }

        return IsOverdue(_firstFault, _retryFor) || !IsWorthIt(in fault) ? RetryResult.None : base.CanRetry(in fault);
    }

    internal static IDatabaseAsync Retrying(IConnectionMultiplexer connection) => RepeatingDatabase.Over(connection.GetDatabase().WithRetry());

    // A server that refuses for what it is, full or without rights for the user, refuses the next time too.
    private bool IsWorthIt(in FaultContext fault) => fault.Fault is not RedisServerException || fault.ErrorKind switch
    {
        RedisErrorKind.ClusterDown or RedisErrorKind.Loading or RedisErrorKind.TryAgain or RedisErrorKind.MasterDown or RedisErrorKind.Busy => true,
        RedisErrorKind.MaxClients or RedisErrorKind.Moved or RedisErrorKind.Ask or RedisErrorKind.UnknownRedirectTarget => true,
        RedisErrorKind.NoReplicas or RedisErrorKind.ReadOnly => !IsOverdue(_firstRefusal, PatienceWithRefusals),
        _ => false,
    };

    private bool IsOverdue(AsyncLocal<long?> since, TimeSpan patience)
    {
        if (since.Value is { } first)
        {
            return _time.GetElapsedTime(first) >= patience;
        }

        since.Value = _time.GetTimestamp();
        return false;
    }
}
