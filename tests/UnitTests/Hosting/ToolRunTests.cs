using System.Diagnostics;
using Xunit;

namespace UnitTests.Hosting;

public sealed class ToolRunTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    public ToolRunTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "the tools are shell scripts");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OutputErrorAndExitCodeAreReadToTheEnd()
    {
        var run = await ToolRun.StartAsync("sh", ["-c", "echo one; echo two >&2; exit 3"], Token);

        Assert.Equal((3, "one\n", "two\n", "two"), (run.ExitCode, run.Output, run.Error, run.Reason));
    }

    [Fact]
    public async Task ProgramThatIsNotThereIsNoFailureOfOurs() =>
        Assert.Equal(ToolRun.NotStarted, (await ToolRun.StartAsync("/nowhere/tool", [], Token)).ExitCode);

    // A daemon that the tool leaves behind has its pipes.
    [Fact]
    public async Task GrandchildThatKeepsThePipeDoesNotHoldTheRun()
    {
        var started = Stopwatch.GetTimestamp();

        var run = await ToolRun.StartAsync("sh", ["-c", "sleep 60 & echo $!"], Token);

        Assert.True(Stopwatch.GetElapsedTime(started) < Soon, $"Expected the run to end with its tool; it took {Stopwatch.GetElapsedTime(started)}.");
        using var grandchild = Process.GetProcessById(int.Parse(run.Output, System.Globalization.CultureInfo.InvariantCulture));
        grandchild.Kill();
    }

    [Fact]
    public async Task CancelledRunKillsTheToolAndLeavesNoReaderBehind()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var unobserved = new List<Exception>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs fault) => unobserved.Add(fault.Exception);
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            var pid = 0;
            var folder = Directory.CreateTempSubdirectory("tool-run-").FullName;
            var run = ToolRun.StartAsync("sh", ["-c", "echo $$ > pid; echo started; exec sleep 60"], cancel.Token, folder, onOutput: () => pid = int.Parse(File.ReadAllText(Path.Combine(folder, "pid")), System.Globalization.CultureInfo.InvariantCulture));
            while (Volatile.Read(ref pid) == 0 && !run.IsCompleted)
            {
                await Task.Delay(20, Token);
            }

            await cancel.CancelAsync();

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
            Assert.Throws<ArgumentException>(() => Process.GetProcessById(pid));
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Assert.Empty(unobserved);
            Directory.Delete(folder, recursive: true);
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }
    }
}
