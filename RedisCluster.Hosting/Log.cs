using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace RedisCluster.Hosting;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "{Cluster} has {Nodes} nodes from localhost:{Port} on as {Form}: {Reason}. {Data}")]
    public static partial void Form(ILogger logger, string cluster, int nodes, int port, string form, string reason, string data);

    [LoggerMessage(2, LogLevel.Information, "{Node} starts with --{Directive} {Wanted}, as AppHost is set; {File} has {Found}.")]
    public static partial void Overridden(ILogger logger, string node, string directive, string wanted, string file, string found);

    [LoggerMessage(3, LogLevel.Information, "{Cluster} is formed.")]
    public static partial void Formed(ILogger logger, string cluster);

    [LoggerMessage(4, LogLevel.Error, "{Reason}")]
    public static partial void NotFormed(ILogger logger, string reason);

    [LoggerMessage(EventId = 5, Message = "{Cluster} is {Health}: {Finding}.")]
    public static partial void HealthChanged(ILogger logger, LogLevel level, string cluster, HealthStatus health, string finding);

    [LoggerMessage(6, LogLevel.Warning, "{Node} lost the data of slots {Slots}. Its replica {Replica} becomes the primary before {Node} starts.")]
    public static partial void PromotedFirst(ILogger logger, string node, string slots, string replica);

    [LoggerMessage(7, LogLevel.Warning, "{Node} starts without the data of slots {Slots} and has no replica: their keys are lost.")]
    public static partial void ComesBackEmpty(ILogger logger, string node, string slots);

    [LoggerMessage(8, LogLevel.Warning, "{Node} lost its data in {Folder} but still has its cluster identity; its replica would copy the empty dataset. Renamed nodes.conf to {Aside}: the node starts as a new one and the initializer adds it back.")]
    public static partial void IdentitySetAside(ILogger logger, string node, string folder, string aside);

    [LoggerMessage(9, LogLevel.Error, "{Work} failed and starts again in {Seconds} s. Until then {Meaning}.")]
    public static partial void WorkFailed(ILogger logger, Exception cause, string work, double seconds, string meaning);

    [LoggerMessage(10, LogLevel.Warning, "The temporary data folder {Folder} could not be removed: remove it by hand.")]
    public static partial void FolderNotRemoved(ILogger logger, Exception cause, string folder);

    [LoggerMessage(11, LogLevel.Information, "{Node} is no longer needed and was empty: stopped and removed, with its data.")]
    public static partial void Removed(ILogger logger, string node);

    [LoggerMessage(12, LogLevel.Warning, "{Node} is no longer needed and is empty, but was not removed: {Reason}. The next start tries again.")]
    public static partial void NotRemoved(ILogger logger, string node, string reason);

    [LoggerMessage(13, LogLevel.Error, "{Node} is no longer needed but stays: {Reason}. Nothing was removed. Run the initializer again.")]
    public static partial void Stays(ILogger logger, string node, string reason);

    [LoggerMessage(14, LogLevel.Information, "{Cluster} was larger before. The data of {Nodes} move to the other nodes; then these nodes are removed.")]
    public static partial void Leaving(ILogger logger, string cluster, string nodes);

    [LoggerMessage(15, LogLevel.Information, "{Node} is no longer needed and was empty: stopped and removed. The next start removes its volume {Volume}.")]
    public static partial void RemovedButForVolume(ILogger logger, string node, string volume);

    [LoggerMessage(16, LogLevel.Information, "{Cluster}: pulling the image {Image} with {Engine}.")]
    public static partial void Pulling(ILogger logger, string cluster, string image, string engine);

    [LoggerMessage(17, LogLevel.Information, "{Cluster}: {Step}")]
    public static partial void Progress(ILogger logger, string cluster, string step);

    [LoggerMessage(18, LogLevel.Warning, "{Resource} {Ending} and was not stopped. {Words}")]
    public static partial void EndedUnexpectedly(ILogger logger, string resource, string ending, string words);

    [LoggerMessage(19, LogLevel.Error, "Nothing has started: Aspire's orchestrator (DCP) has not answered for {Seconds} s. End AppHost with Ctrl-C and start it with DCP_DIAGNOSTICS_LOG_LEVEL=debug and DCP_DIAGNOSTICS_LOG_FOLDER=<folder>; the files there say why.")]
    public static partial void OrchestratorIsSilent(ILogger logger, double seconds);

    [LoggerMessage(20, LogLevel.Warning, "{Cluster}: the disk of {Folder} has {MiB} MiB left. Nodes refuse writes (MISCONF) when it is full.")]
    public static partial void LittleSpace(ILogger logger, string cluster, string folder, long miB);

    [LoggerMessage(21, LogLevel.Error, "{Initializer} failed. Run it again with its command.")]
    public static partial void InitializerFailed(ILogger logger, Exception cause, string initializer);

    [LoggerMessage(22, LogLevel.Debug, "The trace of {Initializer} was not sent: the dashboard does not answer.")]
    public static partial void TraceNotSent(ILogger logger, Exception cause, string initializer);
}
