using System.Text.Json;
using Xunit;

namespace EndToEndTests.App;

/// <summary>The dashboard of a run in a browser, as a person uses it.</summary>
internal static class Dashboard
{
    /// <summary>Looks at resources, console, traces, logs and metrics, and stops and starts a node.</summary>
    public static async Task AssertShowsTheClusterAndStopsAndStartsANodeAsync(AppHostRun run, string node, CancellationToken cancellationToken)
    {
        await run.WaitForWholeClusterAsync(TimeSpan.FromSeconds(60), cancellationToken);
        var browser = Tool.Find("chromium") ?? Tool.Find("google-chrome") ?? Tool.Find("chrome");
        Requirement.Holds(browser is not null, "no Chromium is on PATH: install chromium");

        var report = await NodeScripts.RunAsync("dashboard.mjs", [run.LoginUrl.ToString(), browser!, Repository.Records, node, run.Settings.Api.ToString()], cancellationToken);
        using var seen = JsonDocument.Parse(report);
        Assert.All(run.Settings.NodePorts, port => Assert.Contains($"localhost:{port}", seen.RootElement.GetProperty(run.NodeName(port)).GetString(), StringComparison.Ordinal));
        // The trace of the request has the command below it, and names the node that answered.
        Assert.Contains("redis-node-", seen.RootElement.GetProperty("trace of sample-api").GetString(), StringComparison.Ordinal);
        await run.WaitForWholeClusterAsync(TimeSpan.FromSeconds(60), cancellationToken);
    }
}
