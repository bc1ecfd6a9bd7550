using EndToEndTests.App;
using Xunit;

namespace EndToEndTests;

/// <summary>The command of the README as it stands there: built when needed, launch profile, default ports, generated password, and the dashboard.</summary>
[Trait("Form", nameof(NodeForm.Process))]
public sealed class ReadmeCommandTests
{
    [Fact]
    public Task DotnetRunStartsEverythingOnTheDefaultPorts()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var settings = new AppHostSettings(NodeForm.Process)
        {
            IsReadmeCommand = true,
            FirstPort = 7001,
            ApiPort = 5180,
            DashboardPort = 15180,
            OtlpPort = 19180,
            ResourceServicePort = 20180,
        };
        return ProfileRun.UseAsync(settings, UseAsync, cancellationToken);

        async Task UseAsync(AppHostRun run)
        {
            Assert.Equal(15180, run.LoginUrl.Port);
            await Dashboard.AssertShowsTheClusterAndStopsAndStartsANodeAsync(run, "redis-node-1", cancellationToken);
            run.PressCtrlC();
            await run.WaitForExitAsync(TimeSpan.FromSeconds(30), cancellationToken);
            await Leftovers.AssertNoneAsync(run, TimeSpan.FromSeconds(30), cancellationToken);
        }
    }
}
