using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dcp;

internal static partial class DcpLog
{
    [LoggerMessage(1, LogLevel.Warning, "DCP could not be asked to clean up. It does so by itself when this process has ended.")]
    public static partial void CleanupNotRequested(ILogger logger, Exception failure);

    [LoggerMessage(2, LogLevel.Warning, "Resources are still being cleaned up; DCP goes on with it after this process has ended.")]
    public static partial void CleanupGoesOn(ILogger logger);

    [LoggerMessage(3, LogLevel.Debug, "Projects did not end before the dashboard: {Reason}")]
    public static partial void ProjectsNotStopped(ILogger logger, string reason);

    [LoggerMessage(4, LogLevel.Warning, "The connection to DCP, watching {Kind}, is broken; trying again until it is back: {Reason}")]
    public static partial void WatchBroken(ILogger logger, string kind, string reason);

    [LoggerMessage(5, LogLevel.Error, "The application has containers, but the container engine '{Runtime}' is not installed. Install Docker or Podman.")]
    public static partial void NoContainerRuntime(ILogger logger, string? runtime);

    [LoggerMessage(6, LogLevel.Error, "The application has containers, but the container engine '{Runtime}' is installed and not usable. Start it, or bring it up to date: {Error}")]
    public static partial void ContainerRuntimeUnhealthy(ILogger logger, string? runtime, string? error);
}
