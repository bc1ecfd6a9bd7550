using System.Diagnostics;
using Support;

namespace Bench.Machine;

/// <summary>One run of a program, from its start to its exit.</summary>
internal sealed record ProgramRun(TimeSpan Elapsed, string Output)
{
    /// <summary>Runs a program to its end; a cancelled run is killed.</summary>
    /// <exception cref="BenchException">Its exit code is not 0.</exception>
    public static async Task<ProgramRun> ToSuccessAsync(
        string path, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> environment, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var begun = Stopwatch.GetTimestamp();
        using var process = Process.Start(start) ?? throw new BenchException($"Expected {path} to start.");
        LastWill.Ends(process.Id);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            var elapsed = Stopwatch.GetElapsedTime(begun);
            var text = await output + await errors;
            return process.ExitCode == 0
                ? new ProgramRun(elapsed, text)
                : throw new BenchException($"Expected {Path.GetFileName(path)} to end with exit code 0, found {process.ExitCode}:\n{text}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
            }

            LastWill.Forget(process.Id);
        }
    }
}
