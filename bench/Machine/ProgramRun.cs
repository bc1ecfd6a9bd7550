using System.Diagnostics;

namespace Bench.Machine;

/// <summary>One run of a program, from its start to its exit.</summary>
/// <param name="Elapsed">From its start.</param>
/// <param name="Output">What it printed, then its errors.</param>
/// <param name="ExitCode">Null when it was killed because it took longer than it may.</param>
internal sealed record ProgramRun(TimeSpan Elapsed, string Output, int? ExitCode)
{
    /// <summary>Runs a program to its end; a cancelled run is killed.</summary>
    /// <exception cref="BenchException">Its exit code is not 0.</exception>
    public static async Task<ProgramRun> ToSuccessAsync(
        string path, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> environment, CancellationToken cancellationToken)
    {
        var run = await ToEndAsync(path, arguments, environment, Timeout.InfiniteTimeSpan, cancellationToken);
        return run.ExitCode == 0 ? run : throw new BenchException($"Expected {Path.GetFileName(path)} to end with exit code 0, found {run.ExitCode}:\n{run.Output}");
    }

    /// <summary>Runs a program to its end, or kills it after the time.</summary>
    public static async Task<ProgramRun> ToEndAsync(
        string path, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> environment, TimeSpan within, CancellationToken cancellationToken)
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
            var isInTime = await EndsAsync(process, within, cancellationToken);
            var elapsed = Stopwatch.GetElapsedTime(begun);
            return new ProgramRun(elapsed, await output + await errors, isInTime ? process.ExitCode : null);
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
    private static async Task<bool> EndsAsync(Process process, TimeSpan within, CancellationToken cancellationToken)
    {
        try
        {
            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(within, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            process.Kill();
            await process.WaitForExitAsync(cancellationToken);
            return false;
        }
    }
}
