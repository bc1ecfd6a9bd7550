using System.Diagnostics;
using RedisCluster.Servers;

namespace Support;

/// <summary>Programs of this machine, used as a user would.</summary>
internal static class Tool
{
    /// <summary>Runs a program to its end.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="ExpectationException">Its exit code is not 0.</exception>
    public static async Task<string> RunAsync(
        string file, IEnumerable<string> arguments, CancellationToken cancellationToken, string? workingDirectory = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var run = await ToolRun.StartAsync(file, arguments, cancellationToken, workingDirectory, environment: environment);
        ExpectationException.ThrowUnless(run.Succeeded, $"Expected '{run.Command}' to succeed, found exit code {run.ExitCode}:\n{run.Output}{run.Error}");
        return run.Output + run.Error;
    }

    /// <summary>Whether a program is there and ends with exit code 0 within the time.</summary>
    public static async Task<bool> SucceedsAsync(string file, IEnumerable<string> arguments, TimeSpan within, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(within);
        try
        {
            return (await ToolRun.StartAsync(file, arguments, deadline.Token)).Succeeded;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>All that a started program printed, once it has ended.</summary>
    public static async Task<string> OutputAsync(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync(Runner.Token);
        var errors = process.StandardError.ReadToEndAsync(Runner.Token);
        await process.WaitForExitAsync(Runner.Token);
        return await output + await errors;
    }

    /// <summary>The full path of a program on PATH.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? program + ".exe" : program))
            .FirstOrDefault(File.Exists);
}
