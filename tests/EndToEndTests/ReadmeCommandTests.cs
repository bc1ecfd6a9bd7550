using EndToEndTests.App;
using Support;
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
        var settings = new AppHostSettings(NodeForm.Process) { FirstPort = 7001, ApiPort = 5180 };
        var launch = new AppHostLaunch(settings) { IsReadmeCommand = true, DashboardPorts = [15180, 19180, 20180] };
        launch.RequireFreePorts();
        try
        {
            await using var run = await AppHostRun.StartAsync(launch, cancellationToken);
            await run.UntilHealthyAsync(TimeSpan.FromMinutes(4));
            Assert.Equal(15180, run.LoginUrl.Port);
            using var api = new HttpClient { BaseAddress = settings.Api };
            await using (var dashboard = await Dashboard.OpenAsync(run.LoginUrl))
            {
                await dashboard.TakeTheTourAsync(settings, "redis-node-1", api, cancellationToken);
            }

            if (Tool.Find("redis-cli") is not null)
            {
                var readme = await File.ReadAllTextAsync(Repository.PathOf("README.md"), cancellationToken);
                var commands = readme.Split("```").Single(block => block.Contains("REDISCLI_AUTH", StringComparison.Ordinal))["sh\n".Length..];
                Assert.Contains("[OK] All 16384 slots covered", await Tool.RunAsync("bash", ["-ec", commands], cancellationToken, Repository.Root), StringComparison.Ordinal);
            }

            run.PressCtrlC();
            await run.UntilExitAsync(TimeSpan.FromSeconds(30));
            await run.UntilNothingIsLeftAsync(TimeSpan.FromSeconds(30));
        }
        finally
        {
            await Data.RemoveAsync(settings, cancellationToken);
        }
    }
}
