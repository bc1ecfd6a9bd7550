using System.Diagnostics;
using StackExchange.Redis;

namespace RedisCluster.Client;

/// <summary>Asks the cluster again and again, once something has happened and until that is over.</summary>
/// <param name="interval">Between two looks, and before the first.</param>
/// <param name="look">Asks.</param>
/// <param name="goesOn">Whether to look once more.</param>
/// <param name="cannot">Told of what a look ended with that is no outage, once until it has ended.</param>
/// <param name="time">For the pauses.</param>
internal sealed class BackgroundLook(TimeSpan interval, Func<Task> look, Func<bool> goesOn, Action<Exception> cannot, TimeProvider time)
{
    private int _isLooking;

    /// <summary>It happened. Returns at once; while it is looking this changes nothing.</summary>
    internal void Begin()
    {
        if (Interlocked.Exchange(ref _isLooking, 1) == 0)
        {
            using (ExecutionContext.SuppressFlow())
            {
                _ = Task.Run(LookAsync);
            }
        }
    }

    private async Task LookAsync()
    {
        // Nobody's request: these questions are no spans.
        using var untraced = new Activity(nameof(BackgroundLook)) { IsAllDataRequested = false }.Start();
        var isTold = false;
        try
        {
            do
            {
                await Task.Delay(interval, time).ConfigureAwait(false);
                try
                {
                    await look().ConfigureAwait(false);
                }
                catch (Exception exception) when (exception is RedisConnectionException or TimeoutException)
                {
                    // No node answers now: asked again.
                }
                catch (Exception exception) when (exception is not ObjectDisposedException)
                {
                    if (!isTold)
                    {
                        cannot(exception);
                        isTold = true;
                    }
                }
            }
            while (goesOn());
        }
        catch (ObjectDisposedException)
        {
            // The application ended.
        }
        finally
        {
            Volatile.Write(ref _isLooking, 0);
        }
    }
}
