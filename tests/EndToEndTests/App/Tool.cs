using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace EndToEndTests.App;

/// <summary>What a finished program printed.</summary>
internal sealed record ToolResult(string Command, int ExitCode, string Output)
{
    public string Succeeded()
    {
        Assert.True(ExitCode == 0, $"'{Command}' ended with exit code {ExitCode}:\n{Output}");
        return Output;
    }
}

/// <summary>Programs of this machine that the tests use as a user would.</summary>
internal static class Tool
{
    /// <summary>Runs a program to its end; standard output and error come back as one text.</summary>
    public static async Task<ToolResult> RunAsync(string file, IEnumerable<string> arguments, CancellationToken cancellationToken,
        string? workingDirectory = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = workingDirectory ?? Repository.Root,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }
        using var process = Process.Start(start)!;
        try
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return new ToolResult($"{file} {string.Join(' ', start.ArgumentList)}", process.ExitCode, await output + await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Skips the test when the program is missing; with CI=true its absence is a failure.</summary>
    public static void Require(string file, string remedy) => Requirement.Holds(IsOnPath(file), $"{file} is not on PATH: {remedy}");

    public static bool IsOnPath(string file) => Find(file) is not null;

    public static string? Find(string file) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);

    /// <summary>Whether a program can be run and ends with exit code 0 within the time.</summary>
    public static async Task<bool> AnswersAsync(string file, IEnumerable<string> arguments, TimeSpan within, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(within);
        try
        {
            return (await RunAsync(file, arguments, deadline.Token)).ExitCode == 0;
        }
        catch (Exception exception) when (exception is Win32Exception or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}

/// <summary>What a test needs of the machine: skipped with the reason on a developer's machine, required when CI=true.</summary>
internal static class Requirement
{
    public static void Holds(bool condition, string otherwise)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.True(condition, otherwise);
        }
        Assert.SkipUnless(condition, otherwise);
    }
}
