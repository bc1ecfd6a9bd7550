using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace RedisCluster.Execution;

/// <summary>The trace and the measurements of a run, under the application's name.</summary>
internal static class Telemetry
{
    public const string Name = "ClusterInitializer";

    public static readonly ActivitySource Source = new(Name);

    public static readonly Meter Meter = new(Name);

    /// <summary>Tagged with <c>outcome</c>: ready, refused or failed.</summary>
    public static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "redis.cluster.reconcile.duration", "s", "Time from start until the cluster was ready or the run gave up.");

    /// <summary>Tagged with <c>action</c>, the action's name.</summary>
    public static readonly Counter<long> Actions = Meter.CreateCounter<long>(
        "redis.cluster.reconcile.actions", "{action}", "Changes made to nodes.");

    public static readonly Counter<long> MovedSlots = Meter.CreateCounter<long>(
        "redis.cluster.move.slots", "{slot}", "Slots that arrived at their new owner.");

    public static readonly Counter<long> MovedKeys = Meter.CreateCounter<long>(
        "redis.cluster.move.keys", "{key}", "Keys that arrived at their new owner.");

    public static readonly Counter<long> MovedBytes = Meter.CreateCounter<long>(
        "redis.cluster.move.bytes", "By", "Memory of the keys that arrived at their new owner, as the old owner told it; not told of moves that the servers make by themselves.");

    public static readonly Gauge<long> SlotsLeft = Meter.CreateGauge<long>(
        "redis.cluster.move.slots.left", "{slot}", "Slots of the running pass that have still to move.");

    public static readonly Gauge<double> TimeLeft = Meter.CreateGauge<double>(
        "redis.cluster.move.time.left", "s", "Time that the moves of the running pass will still take, at the pace so far.");

    /// <summary>Marks the span as failed, with the reason.</summary>
    public static void Fail(this Activity? activity, Exception exception)
    {
        activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
        activity?.SetTag("error.type", exception.GetType().Name);
    }
}
