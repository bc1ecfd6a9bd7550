using Microsoft.Extensions.Logging;

namespace RedisCluster.Hosting.Run;

/// <summary>Keeps background work alive until the AppHost ends: work that fails is reported and started again after a pause.</summary>
internal sealed class Supervisor(ILogger logger, TimeProvider time)
{
    public static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>Runs the work until it ends or is cancelled.</summary>
    /// <param name="name">What it does, as the subject of a sentence.</param>
    /// <param name="meaning">What the user does not get while it does not run.</param>
    /// <param name="work">The work; it must be able to begin again.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(string name, string meaning, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; !cancellationToken.IsCancellationRequested;)
        {
            var started = time.GetTimestamp();
            try
            {
                await work(cancellationToken);
                return;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception cause)
            {
                // A fault after a long time of good work is a new one.
                pause = time.GetElapsedTime(started) > LongestPause ? FirstPause : pause;
                Log.WorkFailed(logger, cause, name, pause.TotalSeconds, meaning);
            }

            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }
}
