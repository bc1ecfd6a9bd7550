using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace RedisCluster.Hosting;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "{Cluster}: {Nodes} nodes as {Form}: {Reason}. {Data}")]
    public static partial void Form(ILogger logger, string cluster, int nodes, string form, string reason, string data);

    [LoggerMessage(2, LogLevel.Information, "{Node}: {File} says {Directive} {Found}, AppHost wants {Wanted}; the node is started with --{Directive} {Wanted}.")]
    public static partial void Overridden(ILogger logger, string node, string file, string directive, string found, string wanted);

    [LoggerMessage(3, LogLevel.Information, "{Cluster} is formed.")]
    public static partial void Formed(ILogger logger, string cluster);

    [LoggerMessage(4, LogLevel.Error, "{Reason}")]
    public static partial void NotFormed(ILogger logger, string reason);

    [LoggerMessage(EventId = 5, Message = "{Health}: {Finding}.")]
    public static partial void HealthChanged(ILogger logger, LogLevel level, HealthStatus health, string finding);

    [LoggerMessage(6, LogLevel.Warning, "{Node} would come back without the data of slots {Slots}. {Replica} is promoted first.")]
    public static partial void PromotedFirst(ILogger logger, string node, string slots, string replica);

    [LoggerMessage(7, LogLevel.Warning, "{Node} has no replica and comes back without its data: the keys of slots {Slots} are lost.")]
    public static partial void ComesBackEmpty(ILogger logger, string node, string slots);

    [LoggerMessage(8, LogLevel.Warning, "{Node}: its data are gone from {Folder} while its identity was kept, and its replica would copy the emptiness. nodes.conf is set aside as {Aside}; the node starts as a new one and the initializer gives it a place.")]
    public static partial void IdentitySetAside(ILogger logger, string node, string folder, string aside);

    [LoggerMessage(9, LogLevel.Error, "{Cluster} is no longer watched: its state and roles in the dashboard are from now on old.")]
    public static partial void WatchFailed(ILogger logger, Exception cause, string cluster);

    [LoggerMessage(10, LogLevel.Debug, "The temporary data folder {Folder} could not be removed.")]
    public static partial void FolderNotRemoved(ILogger logger, Exception cause, string folder);

    [LoggerMessage(11, LogLevel.Information, "{Node} is not needed any more and is empty: stopped and removed, with its data.")]
    public static partial void Removed(ILogger logger, string node);

    [LoggerMessage(12, LogLevel.Warning, "{Node} is not needed any more and is empty, but it could not be removed: {Reason}. The next start tries again.")]
    public static partial void NotRemoved(ILogger logger, string node, string reason);

    [LoggerMessage(13, LogLevel.Error, "{Node} is not needed any more and stays: {Reason}. Nothing of it was removed; run the initializer again.")]
    public static partial void Stays(ILogger logger, string node, string reason);

    [LoggerMessage(14, LogLevel.Information, "{Cluster}: {Nodes} are of an earlier, larger shape. Their data move to the other nodes, then they are removed.")]
    public static partial void Leaving(ILogger logger, string cluster, string nodes);

    [LoggerMessage(15, LogLevel.Information, "{Node} is not needed any more and is empty: stopped and removed. Its volume {Volume} is removed by the next start.")]
    public static partial void RemovedButForVolume(ILogger logger, string node, string volume);
}
