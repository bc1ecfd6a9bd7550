// The driver marks its Availability namespace experimental: kept to this file and the observer of faults.
#pragma warning disable SER007
using StackExchange.Redis;
using StackExchange.Redis.Availability;

namespace RedisCluster.Client;

/// <summary>
/// Repeats commands that are safe to repeat (reads, <c>SET</c>, conditional writes; not <c>INCR</c> or <c>LPOP</c>) until a failover is over.
/// </summary>
internal static class RepeatSafeCommands
{
    // Short, so that a caller sees the promoted replica soon after its promotion; the jitter keeps callers from arriving together.
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Jitter = TimeSpan.FromMilliseconds(50);

    internal static RetryPolicy Policy(TimeSpan retryFor) => retryFor == TimeSpan.Zero
        ? RetryPolicy.None
        : new RetryPolicy.Builder
        {
            MaxAttempts = 1 + (int)Math.Ceiling(retryFor / (Delay + (Jitter / 2))),
            RetryDelay = Delay,
            JitterMax = Jitter,
            MaxCommandRetryCategory = CommandFlags.CommandRetryWriteLastWins,
        }.Create();

    internal static IDatabaseAsync Retrying(IConnectionMultiplexer connection) => connection.GetDatabase().WithRetry();
}
