namespace SampleApi;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "The work queue cannot be asked now, and is tried again: {Reason}")]
    internal static partial void QueueAway(this ILogger logger, string reason);

    [LoggerMessage(2, LogLevel.Warning, "Attempt {Attempt} of {Attempts} at job {Job} failed: {Reason}")]
    internal static partial void JobFailed(this ILogger logger, string job, int attempt, int attempts, string reason);

    [LoggerMessage(3, LogLevel.Error, "Job {Job} is given up after attempt {Attempt}: {Reason}")]
    internal static partial void JobGivenUp(this ILogger logger, string job, int attempt, string reason);

    [LoggerMessage(4, LogLevel.Warning, "What became of job {Job} could not be written down, so it will be done again: {Reason}")]
    internal static partial void JobOutcomeUnknown(this ILogger logger, string job, string reason);

    [LoggerMessage(5, LogLevel.Information, "This instance takes the snapshots now, with fencing token {Token}")]
    internal static partial void TakesSnapshots(this ILogger logger, long token);

    [LoggerMessage(6, LogLevel.Warning, "The snapshot of {Board} with fencing token {Token} was refused: another instance took the lock over")]
    internal static partial void SnapshotRefused(this ILogger logger, string board, long token);

    [LoggerMessage(7, LogLevel.Warning, "Snapshots cannot be taken now, and are tried again: {Reason}")]
    internal static partial void SnapshotFailed(this ILogger logger, string reason);

    [LoggerMessage(8, LogLevel.Warning, "The lock for snapshots was lost, or nothing was heard from the cluster for as long as it lasts")]
    internal static partial void LockLost(this ILogger logger);

    [LoggerMessage(9, LogLevel.Warning, "Settings cannot be read from the cluster now, the last ones stay: {Reason}")]
    internal static partial void SettingsAway(this ILogger logger, string reason);

    [LoggerMessage(10, LogLevel.Warning, "Setting {Name} in the cluster is ignored: {Reason}")]
    internal static partial void SettingIgnored(this ILogger logger, string name, string reason);

    [LoggerMessage(11, LogLevel.Information, "Settings of the cluster, version {Version}, apply now")]
    internal static partial void SettingsApply(this ILogger logger, string version);

    [LoggerMessage(13, LogLevel.Error, "{Loop} met something that it cannot handle; it begins again every second until that is gone")]
    internal static partial void LoopFailed(this ILogger logger, string loop, Exception exception);

    [LoggerMessage(14, LogLevel.Warning, "Job {Job} is left unfinished because this instance stops; another one does it again")]
    internal static partial void JobLeft(this ILogger logger, string job);

    [LoggerMessage(15, LogLevel.Error, "The map cannot be drawn, and is tried again: {Reason}")]
    internal static partial void MapFailed(this ILogger logger, string reason);

    [LoggerMessage(12, LogLevel.Warning, "Invalidations of other instances are not heard now, and are listened for again: {Reason}")]
    internal static partial void InvalidationsAway(this ILogger logger, string reason);
}
