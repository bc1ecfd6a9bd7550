using System.Globalization;
using System.Text.Json;

namespace Aspire.Hosting.Dcp;

/// <summary>A line of a log that DCP keeps.</summary>
internal readonly record struct DcpLogLine(DateTimeOffset Timestamp, string Text, bool IsError)
{
    /// <summary>
    /// Reads <c>2026-11-23T09:31:27.089Z text</c>; of the source <c>system</c>
    /// <c>2026-11-23T09:31:32.155Z\terror\tExecutableReconciler\tFailed to start a process\t{"error": "no such file"}</c>.
    /// </summary>
    public static DcpLogLine Parse(string line, string source)
    {
        var end = line.AsSpan().IndexOfAny(' ', '\t');
        var time = end < 0 ? line : line[..end];
        if (!DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var timestamp))
        {
            return new(TimeProvider.System.GetUtcNow(), line, IsErrorSource(source));
        }

        var text = end < 0 ? "" : line[(end + 1)..];
        return source == "system" ? ParseSystem(timestamp, text) : new(timestamp, text, IsErrorSource(source));
    }

    /// <summary>Pulling an image writes its progress to the error stream: only the program's own errors count.</summary>
    private static bool IsErrorSource(string source) => source == "stderr";

    private static DcpLogLine ParseSystem(DateTimeOffset timestamp, string text)
    {
        var parts = text.Split('\t', 4);
        return parts.Length < 3
            ? new(timestamp, $"[sys] {text}", IsError: false)
            : new(timestamp, $"[sys] {parts[2]}{(parts.Length == 4 ? Reason(parts[3]) : "")}", parts[0] == "error");
    }

    private static string Reason(string details)
    {
        try
        {
            using var json = JsonDocument.Parse(details);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("error", out var error) ? $": {error}" : "";
        }
        catch (JsonException)
        {
            // Cut off or free text: better shown than lost.
            return $" {details}";
        }
    }
}
