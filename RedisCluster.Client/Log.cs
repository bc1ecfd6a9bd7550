using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace RedisCluster.Client;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Connected to {Connected} of {Nodes} nodes of {Name}")]
    internal static partial void Connected(this ILogger logger, string name, int connected, int nodes);

    [LoggerMessage(2, LogLevel.Warning, "No node of {Name} answers yet: {Nodes} are tried until one does")]
    internal static partial void NotConnected(this ILogger logger, string name, string nodes);

    [LoggerMessage(3, LogLevel.Warning, "Lost the connection to {Node} of {Name}: {Failure}; it is tried again until it answers")]
    internal static partial void Lost(this ILogger logger, string name, string node, ConnectionFailureType failure);

    [LoggerMessage(4, LogLevel.Information, "Connected again to {Node} of {Name}")]
    internal static partial void Restored(this ILogger logger, string name, string node);

    [LoggerMessage(5, LogLevel.Error, "No connection to {Name} could be made: {Reason} It is tried again when the connection is next asked for")]
    internal static partial void CannotConnect(this ILogger logger, string name, string reason);

    [LoggerMessage(7, LogLevel.Warning, "{Node} of {Name} refuses writes: {Sentence}")]
    internal static partial void RefusesWrites(this ILogger logger, string node, string name, string sentence);

    [LoggerMessage(8, LogLevel.Information, "{Node} of {Name} refuses writes no longer")]
    internal static partial void RefusesWritesNoLonger(this ILogger logger, string node, string name);

    [LoggerMessage(9, LogLevel.Warning, "Calls to {Name} are refused: {Sentence}")]
    internal static partial void CallRefused(this ILogger logger, string name, string sentence);

    [LoggerMessage(10, LogLevel.Information, "No call to {Name} was refused for {Quiet} with: {Sentence}")]
    internal static partial void CallsRefusedNoLonger(this ILogger logger, string name, TimeSpan quiet, string sentence);

    [LoggerMessage(12, LogLevel.Information, "The user of {Name} may not ask nodes for {What}: what it tells is unknown to health, survey and map")]
    internal static partial void MayNotAsk(this ILogger logger, string name, string what);

    [LoggerMessage(11, LogLevel.Error, "Cannot ask which node refuses writes; it is tried again")]
    internal static partial void CannotLookForRefusals(this ILogger logger, Exception exception);

    [LoggerMessage(6, LogLevel.Error, "Cannot look for the new primary of a node that hangs: until this works, commands for it time out. It is tried again")]
    internal static partial void CannotLook(this ILogger logger, Exception exception);
}
