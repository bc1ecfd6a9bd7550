using System.Diagnostics;
using OpenTelemetry;

namespace RedisCluster.Client.Telemetry;

/// <summary>Records the commands of an activity at its end: at once, in small portions, and with nothing to wait for at shutdown.</summary>
internal sealed class CommandsOfEndedActivities(CommandTelemetry telemetry) : BaseProcessor<Activity>
{
    /// <inheritdoc/>
    public override void OnEnd(Activity data) => telemetry.Record(data);

    /// <inheritdoc/>
    protected override bool OnForceFlush(int timeoutMilliseconds)
    {
        telemetry.Sweep();
        return true;
    }

    /// <inheritdoc/>
    protected override bool OnShutdown(int timeoutMilliseconds)
    {
        telemetry.Sweep();
        return true;
    }
}
