using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace RedisCluster.Servers;

/// <summary>One finished run of a command line tool.</summary>
internal sealed record ToolRun(string Command, int ExitCode, string Output, string Error)
{
    /// <summary>The exit code when the program could not be started at all, as shells report it.</summary>
    public const int NotStarted = 127;

    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    public bool Succeeded => ExitCode == 0;

    /// <summary>The last line the tool wrote, on the error stream if there is one.</summary>
    public string Reason =>
        LastLine(Error) ?? LastLine(Output) ?? $"exit code {ExitCode}";

    /// <summary>Runs a tool to its end, in the C locale so that its output can be read; kills it when cancelled.</summary>
    public static async Task<ToolRun> StartAsync(
        string file, IEnumerable<string> arguments, CancellationToken cancellationToken, string? workingDirectory = null, Action? onOutput = null,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? "",
            Environment = { ["LC_ALL"] = "C.UTF-8" },
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var command = string.Join(' ', [Path.GetFileName(file), .. start.ArgumentList]);
        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception cause)
        {
            return new ToolRun(command, NotStarted, "", cause.Message);
        }

        process.StandardInput.Close();
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var output = ReadAsync(process.StandardOutput, onOutput, reading.Token);
        var error = ReadAsync(process.StandardError, null, reading.Token);
        try
        {
            await process.WaitForExitAsync(cancellationToken);

            // A program that the tool left running may keep the pipes open for as long as it likes.
            reading.CancelAfter(LastWords);
            return new ToolRun(command, process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await Task.WhenAny(process.WaitForExitAsync(CancellationToken.None), Task.Delay(LastWords, CancellationToken.None));
            }

            await reading.CancelAsync();
            await Task.WhenAll(output, error);
        }
    }

    // What was written until the end, or until the reading is cancelled.
    private static async Task<string> ReadAsync(StreamReader reader, Action? onOutput, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var buffer = new char[4096];
        try
        {
            while (await reader.ReadAsync(buffer.AsMemory(), cancellationToken) is > 0 and var count)
            {
                text.Append(buffer, 0, count);
                onOutput?.Invoke();
            }
        }
        catch (OperationCanceledException)
        {
            // The caller knows why.
        }

        return text.ToString();
    }

    private static string? LastLine(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault()?.TrimEnd('.');
}
