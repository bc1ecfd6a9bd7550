using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>A line of the dashboard's own log.</summary>
internal sealed record DashboardLogLine(LogLevel Level, string Text)
{
    /// <summary>
    /// Reads a line of the JSON console formatter:
    /// <c>2026-11-23T09:41:50.123Z {"EventId":14,"LogLevel":"Information","Category":"Microsoft.Hosting.Lifetime","Message":"Now listening on: ..."}</c>.
    /// A line without JSON is what a crash writes: an error when it came from the error stream.
    /// </summary>
    public static DashboardLogLine Parse(string line, bool isError)
    {
        var json = line.IndexOf('{', StringComparison.Ordinal);
        return json >= 0 && TryParse(line[json..]) is { } parsed
            ? parsed
            : new DashboardLogLine(isError ? LogLevel.Error : LogLevel.Information, WithoutTimestamp(line));
    }

    private static DashboardLogLine? TryParse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            return root.TryGetProperty("LogLevel", out var level) && Enum.TryParse<LogLevel>(level.GetString(), out var parsed)
                ? new DashboardLogLine(parsed, string.Join(Environment.NewLine, new[] { Property(root, "Message"), Property(root, "Exception") }.Where(text => text.Length > 0)))
                : null;
        }
        catch (JsonException)
        {
            // Not one object: text that happens to contain a brace.
            return null;
        }
    }

    private static string Property(JsonElement element, string property) =>
        element.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static string WithoutTimestamp(string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        return space > 0 && DateTimeOffset.TryParse(line.AsSpan(0, space), System.Globalization.CultureInfo.InvariantCulture, out _) ? line[(space + 1)..] : line;
    }
}
