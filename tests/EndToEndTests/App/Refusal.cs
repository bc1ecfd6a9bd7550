using Aspire.Hosting;
using Xunit;

namespace EndToEndTests.App;

/// <summary>Starts that AppHost refuses.</summary>
internal static class Refusal
{
    private static readonly TimeSpan LongestRefusal = TimeSpan.FromSeconds(20);

    /// <summary>Runs the checks before a start, without starting anything, and expects a refusal that has every word.</summary>
    public static async Task OfAsync(AppHostSettings settings, string[] words, CancellationToken cancellationToken)
    {
        await using var app = await RunningAppHost.BuildAsync(settings, cancellationToken);
        await OfAsync(app, words, cancellationToken);
    }

    /// <summary>The same for an application that is not AppHost.</summary>
    public static async Task OfAsync(DistributedApplication app, string[] words, CancellationToken cancellationToken)
    {
        var refusal = await Assert.ThrowsAsync<RedisClusterStartException>(() => RunningAppHost.PrepareAsync(app, cancellationToken));
        Assert.All(words, word => Assert.Contains(word, refusal.Message, StringComparison.Ordinal));
    }

    /// <summary>Starts AppHost as a process, which says what is wrong, without a stack trace, and leaves nothing.</summary>
    public static async Task OfProcessAsync(AppHostLaunch launch, string[] words, CancellationToken cancellationToken)
    {
        await using var run = await AppHostRun.StartAsync(launch, cancellationToken);
        await run.UntilExitAsync(LongestRefusal);
        Assert.Equal(1, run.ExitCode);
        Assert.All(words, word => Assert.Contains(word, run.Output, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", run.Output, StringComparison.Ordinal);
        await run.UntilNothingIsLeftAsync(TimeSpan.FromSeconds(15));
    }
}
