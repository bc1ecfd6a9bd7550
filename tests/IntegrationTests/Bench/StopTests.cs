using System.Diagnostics;
using System.Runtime.InteropServices;
using Support;
using Xunit;

namespace IntegrationTests.Bench;

/// <summary>The benchmark program, ended in the middle of its work.</summary>
public sealed class StopTests
{
    private const int Interrupt = 2;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CtrlCEndsItAtOnceAndLeavesNoServerAndNoFolder()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The servers of a run are found in /proc, which only Linux has.");
        await TestServers.DefaultAsync();
        var folder = Directory.CreateTempSubdirectory("bench-stop-");
        try
        {
            using var process = Start(folder.FullName);
            var errors = process.StandardError.ReadToEndAsync(CancellationToken);
            try
            {
                await Eventually.HoldsAsync("six servers run", () => process.HasExited || ServersIn(folder.FullName) == 6);
                Assert.Equal(0, Kill(-process.Id, Interrupt));
                await process.WaitForExitAsync(CancellationToken).WaitAsync(TimeSpan.FromSeconds(20), CancellationToken);
            }
            finally
            {
                process.Kill();
            }

            Assert.Contains("stopped; nothing was written", await errors, StringComparison.Ordinal);
            Assert.Equal(1, process.ExitCode);
            await Eventually.HoldsAsync("no server runs any more and its folder is gone", () => ServersIn(folder.FullName) == 0 && folder.GetDirectories("redis-cluster-*").Length == 0);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // setsid: Ctrl-C reaches a whole process group, and here it must not be the test runner's. env: started in the background, a shell's child ignores it.
    private static Process Start(string temporaryFolder)
    {
        var start = new ProcessStartInfo("setsid", ["env", "--default-signal=INT", Path.Combine(AppContext.BaseDirectory, "Bench"), "failover", "--quick"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TMPDIR"] = temporaryFolder;
        return Process.Start(start) ?? throw new InvalidOperationException("Expected setsid to start.");
    }

    private static int ServersIn(string folder) => Directory.EnumerateDirectories("/proc").Count(process =>
    {
        try
        {
            return File.ResolveLinkTarget(Path.Combine(process, "cwd"), returnFinalTarget: false)?.FullName.StartsWith(folder, StringComparison.Ordinal) == true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // Ended in between, or another user's.
        }
    });

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int processId, int signal);
}
