using System.Diagnostics;
using System.Text;

namespace Aspire.Hosting.Bundle;

/// <summary>Runs a program to its end, or kills it with its children when the caller gives up.</summary>
internal static class Command
{
    /// <returns>The exit code and what was written to standard output, then to standard error.</returns>
    /// <exception cref="System.ComponentModel.Win32Exception">The program is not there.</exception>
    public static async Task<(int ExitCode, string Output)> RunAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        var (exitCode, output, error) = await RunSeparatedAsync(start, cancellationToken);
        return (exitCode, (output + error).Trim());
    }

    public static async Task<(int ExitCode, string Output, string Error)> RunSeparatedAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.StandardOutputEncoding = start.StandardErrorEncoding = Encoding.UTF8;
        start.UseShellExecute = false;
        using var process = Process.Start(start)!;
        try
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await Task.WhenAll(output, error, process.WaitForExitAsync(cancellationToken));
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
