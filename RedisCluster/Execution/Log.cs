using Microsoft.Extensions.Logging;

namespace RedisCluster.Execution;

/// <summary>What a run says: a handful of lines, read in the dashboard's console view.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Wanted: {Wanted}")]
    public static partial void Wanted(this ILogger logger, string wanted);

    [LoggerMessage(3, LogLevel.Information, "Found: {Observation}")]
    public static partial void Found(this ILogger logger, string observation);

    [LoggerMessage(4, LogLevel.Information, "Step: {Purpose} ({ActionCount} actions)")]
    public static partial void Step(this ILogger logger, string purpose, int actionCount);

    [LoggerMessage(5, LogLevel.Debug, "Action: {Action}")]
    public static partial void Action(this ILogger logger, string action);

    [LoggerMessage(6, LogLevel.Information, "Observing again: {Reason}")]
    public static partial void ObservingAgain(this ILogger logger, string reason);

    [LoggerMessage(7, LogLevel.Information, "Ready after {Seconds:0.00} s: {Wanted}")]
    public static partial void Ready(this ILogger logger, double seconds, string wanted);

    [LoggerMessage(8, LogLevel.Error, "Nothing was changed; {Refusal}")]
    public static partial void Refused(this ILogger logger, string refusal);

    [LoggerMessage(15, LogLevel.Error, "Stopped after {ActionCount} changes; {Refusal}")]
    public static partial void RefusedToGoOn(this ILogger logger, int actionCount, string refusal);

    [LoggerMessage(9, LogLevel.Error, "Not ready after {Seconds:0.0} s: {Broken}")]
    public static partial void NotReady(this ILogger logger, double seconds, string broken);

    [LoggerMessage(10, LogLevel.Information, "Still waiting for {Waits}")]
    public static partial void StillWaiting(this ILogger logger, string waits);

    [LoggerMessage(11, LogLevel.Information, "Moved {Slots} of {AllSlots} slots: {Keys} keys, {MiB:0.0} MiB, about {SecondsLeft:0} s left")]
    public static partial void Moving(this ILogger logger, int slots, int allSlots, long keys, double miB, double secondsLeft);

    [LoggerMessage(13, LogLevel.Warning, "Only {Connected} of {Clients} StackExchange.Redis clients connected to {Node} within {Seconds:0} s. Calls of the others to the slots that move there may fail; check that they can reach {Node}.")]
    public static partial void ClientsNotIntroduced(this ILogger logger, long connected, long clients, string node, double seconds);

    [LoggerMessage(14, LogLevel.Warning, "{Node} runs {Server}, which is newer than anything this program was tried with")]
    public static partial void UntriedServer(this ILogger logger, string node, string server);

    [LoggerMessage(12, LogLevel.Warning, "Stopped. What was done so far stays, and the next run continues from there.")]
    public static partial void Stopped(this ILogger logger);
}
