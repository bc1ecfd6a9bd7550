using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Aspire version: {Version} (by the fallback in this repository)")]
    public static partial void AspireVersion(ILogger logger, string version);

    [LoggerMessage(2, LogLevel.Information, "Distributed application starting.")]
    public static partial void Starting(ILogger logger);

    [LoggerMessage(3, LogLevel.Information, "Application host directory is: {Directory}")]
    public static partial void AppHostDirectory(ILogger logger, string? directory);

    [LoggerMessage(4, LogLevel.Information, "Distributed application started. Press Ctrl+C to shut down.")]
    public static partial void Started(ILogger logger);

    [LoggerMessage(5, LogLevel.Information, "Now listening on: {Url}")]
    public static partial void NowListening(ILogger logger, string url);

    // `dotnet watch` and IDEs look for exactly these words to open the browser.
    [LoggerMessage(6, LogLevel.Information, "Login to the dashboard at {Url}/login?t={Token}")]
    public static partial void LoginToDashboard(ILogger logger, string url, string token);

    [LoggerMessage(7, LogLevel.Error, "The dashboard has ended ({State}, exit code {ExitCode}). The resources keep running without it; start the application again to have it back.{LastLines}")]
    public static partial void DashboardEnded(ILogger logger, string state, int? exitCode, string lastLines);

    [LoggerMessage(8, LogLevel.Error, "{Line}")]
    public static partial void DashboardError(ILogger logger, string line);

    [LoggerMessage(9, LogLevel.Debug, "{Method} ended: {Reason}")]
    public static partial void StreamEnded(ILogger logger, string method, string reason);
}
