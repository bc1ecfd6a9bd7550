using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit;

namespace IntegrationTests.Servers;

/// <summary>A redis-server or valkey-server that tests can start.</summary>
internal sealed partial record ServerBinary(string Path, string Name, Version Version)
{
    private static readonly Lazy<Task<ServerBinary?>> Found = new(FindAsync);

    /// <summary>The server that tests use unless they ask for a certain one; without any the test is skipped, or fails when CI=true.</summary>
    public static async Task<ServerBinary> DefaultAsync()
    {
        const string Missing = "No redis-server or valkey-server was found.";
        var server = await Found.Value;
        if (server is null && Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail(Missing);
        }

        Assert.SkipWhen(server is null, Missing);
        return server!;
    }

    public override string ToString() => $"{Name} {Version}";

    private static async Task<ServerBinary?> FindAsync()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var path = folders
            .SelectMany(folder => new[] { System.IO.Path.Combine(folder, "redis-server"), System.IO.Path.Combine(folder, "valkey-server") })
            .FirstOrDefault(File.Exists);
        return path is null ? null : await DescribeAsync(path);
    }

    private static async Task<ServerBinary> DescribeAsync(string path)
    {
        var start = new ProcessStartInfo(path, "--version") { RedirectStandardOutput = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"Expected {path} to start.");
        var line = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var version = VersionPattern().Match(line);
        Assert.True(version.Success, $"Expected '{path} --version' to tell a version, found '{line}'.");
        return new ServerBinary(path, line.StartsWith("Valkey", StringComparison.OrdinalIgnoreCase) ? "valkey" : "redis", Version.Parse(version.Groups[1].Value));
    }

    [GeneratedRegex(@"v=(\d+\.\d+\.\d+)")]
    private static partial Regex VersionPattern();
}
