using Xunit;

namespace EndToEndTests.App;

/// <summary>A start that must fail soon, say why, and leave nothing half-started.</summary>
internal static class Refusal
{
    // Asked for: 5 s from the command. The rest is for a machine that is busy with other tests.
    private static readonly TimeSpan longest = TimeSpan.FromSeconds(30);

    public static async Task OfAsync(AppHostSettings settings, string[] said, CancellationToken cancellationToken)
    {
        try
        {
            await using var run = await AppHostRun.StartAsync(settings, cancellationToken);
            await run.WaitForExitAsync(longest, cancellationToken);
            StartTimes.Record($"refused: {string.Join(", ", said)}", "AppHost has ended", run.SinceStart);
            Assert.NotEqual(0, run.ExitCode);
            Assert.All(said, text => Assert.Contains(text, run.Output, StringComparison.Ordinal));
            Assert.DoesNotContain("Unhandled exception", run.Output, StringComparison.Ordinal);
            await Leftovers.AssertNoneAsync(run, longest, cancellationToken);
        }
        finally
        {
            await Data.RemoveAsync(settings, cancellationToken);
        }
    }
}
