using System.Diagnostics;
using Microsoft.Extensions.Logging;
using RedisCluster.Topology;
using RedisCluster.Wire;

namespace RedisCluster.Execution;

/// <summary>One run as every host of the reconciler makes it: one trace, its duration, and a last line that says how it ended.</summary>
internal static class ReconcilerRun
{
    /// <summary>Brings the nodes to what is wanted, or says why not.</summary>
    /// <param name="connections">How to reach the nodes.</param>
    /// <param name="want">What they should become; called inside the trace, because it may have to ask the nodes.</param>
    /// <param name="startTimeout">How long to wait at first for nodes that don't answer yet.</param>
    /// <param name="deadline">How long the run tries; see <see cref="Reconciler.Of"/>.</param>
    /// <param name="logger">Where to say what happens.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public static async Task<Outcome> RunAsync(
        NodeConnections connections, Func<Task<WantedCluster>> want, TimeSpan startTimeout, TimeSpan deadline, ILogger logger, CancellationToken cancellationToken)
    {
        using var activity = Telemetry.Source.StartActivity("reconcile cluster");
        var watch = Stopwatch.StartNew();
        var wanted = await want();
        logger.Wanted(wanted.ToString());
        var outcome = await Reconciler.Of(connections, deadline, TimeProvider.System, logger).RunAsync(wanted, startTimeout, cancellationToken);
        var name = outcome switch
        {
            Outcome.Ready => "ready",
            Outcome.Refused => "refused",
            _ => "failed",
        };
        Telemetry.Duration.Record(watch.Elapsed.TotalSeconds, new KeyValuePair<string, object?>("outcome", name));
        switch (outcome)
        {
            case Outcome.Refused refused:
                activity?.SetStatus(ActivityStatusCode.Error, refused.Refusal.ToString());
                if (refused.ActionsBefore == 0)
                {
                    logger.Refused(refused.Refusal.ToString());
                }
                else
                {
                    logger.RefusedToGoOn(refused.ActionsBefore, refused.Refusal.ToString());
                }

                break;
            case Outcome.NotReady notReady:
                activity?.SetStatus(ActivityStatusCode.Error, notReady.Reason);
                logger.NotReady(watch.Elapsed.TotalSeconds, notReady.Reason);
                break;
            default:
                logger.Ready(watch.Elapsed.TotalSeconds, wanted.ToString());
                break;
        }

        return outcome;
    }
}
