using System.Diagnostics;
using Support;
using Xunit;

namespace IntegrationTests.Testing;

/// <summary>The process that uses the library is killed, nobody disposes anything. The process is the benchmark's, which starts clusters alone and side by side.</summary>
public sealed class KilledProcessTests
{
    private const int FourClusters = 4 * 6;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    // While the first servers start, and in the midst of four clusters.
    [Theory]
    [InlineData(1)]
    [InlineData(FourClusters)]
    public async Task NoServerAndNoFolderIsLeft(int servers)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The servers of a run are found in /proc, which only Linux has.");
        await TestServers.DefaultAsync();
        var folder = Directory.CreateTempSubdirectory("killed-tests-");
        try
        {
            using var process = Start(folder.FullName);
            try
            {
                await Eventually.HoldsAsync(
                    $"{servers} servers run", () => process.HasExited || ProcessTable.OfRun(folder.Name).Count(found => IsServer(found.CommandLine)) >= servers, TimeSpan.FromSeconds(60));
                Assert.False(process.HasExited, "Expected the other process to run until it is killed.");
            }
            finally
            {
                Signal.KillProcess(process.Id);
            }

            await Eventually.HoldsAsync(
                "no process of it runs any more and its folder is gone",
                () => ProcessTable.OfRun(folder.Name).Count == 0 && folder.GetDirectories("redis-cluster-*").Length == 0,
                TimeSpan.FromSeconds(60),
                () => string.Join("; ", ProcessTable.OfRun(folder.Name)) + string.Join("; ", folder.GetDirectories().Select(left => left.Name)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static bool IsServer(string commandLine) => commandLine.Contains("-server", StringComparison.Ordinal) && !commandLine.StartsWith("/bin/sh", StringComparison.Ordinal);

    private static Process Start(string temporaryFolder)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Bench"), ["testing", "--rounds", "3"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = temporaryFolder,
        };
        start.Environment["TMPDIR"] = temporaryFolder;
        return Process.Start(start) ?? throw new InvalidOperationException("Expected the benchmark to start.");
    }
}
