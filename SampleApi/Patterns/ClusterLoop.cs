using StackExchange.Redis;

namespace SampleApi.Patterns;

/// <summary>
/// Background work on the cluster for as long as the instance runs. Whatever ends it, it says so once and begins again every second.
/// Its commands are no spans: a list of traces should show requests, not an application that looks around.
/// </summary>
internal abstract class ClusterLoop(ILogger logger, TimeProvider? time = null) : BackgroundService
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private bool _isAway;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var untraced = Untraced.Begin(GetType().Name);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                Away(exception);
                await Task.Delay(PauseAfterFailure, time ?? TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        await EndAsync();
    }

    /// <summary>Works until something fails it. Ask for services of the cluster here, not in the constructor: the connection's first attempt must not hold up the start.</summary>
    protected abstract Task RunAsync(CancellationToken stoppingToken);

    /// <summary>Once for each time that the work cannot go on.</summary>
    protected abstract void TellAway(string reason);

    /// <summary>The work goes on: the next failure is told again.</summary>
    protected void Answered() => _isAway = false;

    /// <summary>After the work, when the instance stops.</summary>
    protected virtual Task EndAsync() => Task.CompletedTask;

    private void Away(Exception exception)
    {
        if (_isAway)
        {
            return;
        }

        _isAway = true;
        if (exception is not (RedisException or TimeoutException))
        {
            logger.LoopFailed(GetType().Name, exception);
        }

        TellAway(exception.Message);
    }
}
