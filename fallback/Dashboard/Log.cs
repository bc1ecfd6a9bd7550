using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Now listening on: {Url}")]
    public static partial void NowListening(ILogger logger, string url);

    // `dotnet watch` and IDEs look for exactly these words to open the browser.
    [LoggerMessage(Level = LogLevel.Information, Message = "Login to the dashboard at {Url}/login?t={Token}")]
    public static partial void LoginToDashboard(ILogger logger, string url, string token);

    [LoggerMessage(Level = LogLevel.Error, Message = "The dashboard has ended ({State}, exit code {ExitCode}). The resources keep running without it; start the application again to have it back.{LastLines}")]
    public static partial void DashboardEnded(ILogger logger, string state, int? exitCode, string lastLines);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Line}")]
    public static partial void DashboardError(ILogger logger, string line);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Method} ended: {Reason}")]
    public static partial void StreamEnded(ILogger logger, string method, string reason);
}
