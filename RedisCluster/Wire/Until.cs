namespace RedisCluster.Wire;

/// <summary>Asks again and again.</summary>
internal static class Until
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// The pause before the next question: what comes in a moment is seen at once, of a longer wait only a little is added, and the machine is left to what is waited for.
    /// </summary>
    /// <param name="waited">How long the wait has taken so far.</param>
    /// <param name="shortest">The pause at its beginning.</param>
    public static TimeSpan PauseAfter(TimeSpan waited, TimeSpan shortest) => TimeSpan.FromTicks(Math.Clamp(waited.Ticks / 32, shortest.Ticks, LongestPause.Ticks));

    /// <summary>Whether the condition came true within the time; a question that is not answered by then is given up too.</summary>
    /// <param name="condition">Asked at once, then after each pause. Its own faults end the wait.</param>
    /// <param name="within">How long to ask.</param>
    /// <param name="pause">The time between two questions.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait with an exception.</param>
    public static async Task<bool> HoldsAsync(
        Func<CancellationToken, Task<bool>> condition, TimeSpan within, TimeSpan pause, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(within, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            while (!await condition(limit.Token))
            {
                await Task.Delay(pause, time, limit.Token);
            }

            return true;
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
