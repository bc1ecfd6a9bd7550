using EndToEndTests.App;
using Xunit;

namespace EndToEndTests;

/// <summary>The command of the README as it stands there: built when needed, launch profile, default ports, generated password, and the dashboard.</summary>
[Trait("Form", nameof(NodeForm.Process))]
public sealed class ReadmeCommandTests
{
    [Fact]
    public async Task DotnetRunStartsEverythingOnTheDefaultPorts()
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
        var busy = settings.Ports.Where(port => !FreePorts.IsFree(port)).ToList();
        Requirement.Holds(busy.Count == 0, $"default ports are in use: {string.Join(", ", busy)}");
        try
        {
            await using var run = await AppHostRun.StartAsync(settings, cancellationToken);
            await run.WaitUntilHealthyAsync(TimeSpan.FromMinutes(4), cancellationToken);
            Assert.Equal(15180, run.LoginUrl.Port);
            await Dashboard.AssertShowsTheClusterAndStopsAndStartsANodeAsync(run, "redis-node-1", cancellationToken);
            run.PressCtrlC();
            await run.WaitForExitAsync(TimeSpan.FromSeconds(30), cancellationToken);
            await Leftovers.AssertNoneAsync(run, TimeSpan.FromMinutes(1), cancellationToken);
        }
        finally
        {
            await Data.RemoveAsync(settings, cancellationToken);
        }
    }
}
