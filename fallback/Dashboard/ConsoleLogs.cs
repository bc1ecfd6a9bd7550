using System.Runtime.CompilerServices;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dashboard;

/// <summary>The log lines of one instance of a resource, in messages of bounded size.</summary>
internal sealed class ConsoleLogs(ResourceLoggerService loggers)
{
    // gRPC refuses a message of 4 MiB; a character is at most three bytes.
    internal const int MaxCharacters = 1024 * 1024;

    public async IAsyncEnumerable<Wire.WatchResourceConsoleLogsUpdate> ReadAsync(string resourceId, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var batches = follow ? loggers.WatchAsync(resourceId) : loggers.GetAllAsync(resourceId);
        await foreach (var lines in batches.WithCancellation(cancellationToken))
        {
            foreach (var message in ToMessages(lines))
            {
                yield return message;
            }
        }
    }

    internal static IEnumerable<Wire.WatchResourceConsoleLogsUpdate> ToMessages(IReadOnlyList<LogLine> lines)
    {
        var message = new Wire.WatchResourceConsoleLogsUpdate();
        var characters = 0;
        foreach (var line in lines)
        {
            var text = line.Content.Length > MaxCharacters ? line.Content[..MaxCharacters] : line.Content;
            if (characters + text.Length > MaxCharacters)
            {
                yield return message;
                message = new Wire.WatchResourceConsoleLogsUpdate();
                characters = 0;
            }

            message.LogLines.Add(new Wire.ConsoleLogLine { Text = text, IsStdErr = line.IsErrorMessage, LineNumber = line.LineNumber });
            characters += text.Length;
        }

        if (message.LogLines.Count > 0)
        {
            yield return message;
        }
    }
}
