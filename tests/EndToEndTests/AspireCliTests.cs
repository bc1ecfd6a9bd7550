using System.Reflection;
using Aspire.Hosting;
using EndToEndTests.App;
using Support;
using Xunit;

namespace EndToEndTests;

/// <summary>The README's commands of Aspire's command line, by the tool of the version that AppHost is built on.</summary>
[Trait("Form", nameof(NodeForm.Process))]
public sealed class AspireCliTests
{
    private static readonly string Version =
        typeof(DistributedApplication).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private static readonly string Folder = Repository.PathOf("artifacts", "tools", $"aspire-{Version}");

    private static readonly string Aspire = Path.Combine(Folder, OperatingSystem.IsWindows() ? "aspire.exe" : "aspire");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ClusterIsStartedShownFailedOverAndStoppedWithoutABrowser()
    {
        using var home = new Home();
        var settings = new AppHostSettings(NodeForm.Process);
        var launch = new AppHostLaunch(settings)
        {
            LaunchProfile = "http",
            DashboardPorts = [15180, 19180, 20180],
            Further = new Dictionary<string, string>(home.Environment) { ["ASPIRE_CLI_TELEMETRY_OPTOUT"] = "1", ["NO_COLOR"] = "1", ["COLUMNS"] = "200" },
        };
        launch.RequireFreePorts();
        await InstallAsync();
        Task<string> AspireAsync(params IEnumerable<string> arguments) => Tool.RunAsync(
            Aspire, [.. arguments.Take(1), "--non-interactive", .. arguments.Skip(1)], Token, Repository.Root, new Dictionary<string, string>(launch.Environment));
        try
        {
            await AspireAsync(["start", "--", .. await settings.ArgumentsAsync(Token)]);
            await AspireAsync("wait", "sample-api");
            Assert.Matches(@"redis-node-1 .*Healthy .*primary 0-5460", await AspireAsync("describe"));
            Assert.Contains("6/6 nodes reachable; all slots have an owner", await AspireAsync("resource", "redis", "topology"), StringComparison.Ordinal);
            Assert.Matches("greeting .* 12714 .* redis-node-3 .* no", await AspireAsync("resource", "redis", "find-key", "--", "--key", "greeting"));
            await AspireAsync("resource", "redis-node-4", "failover");
            Assert.Equal("master", await settings.RoleAsync(settings.FirstPort + 3, Token));
            Assert.Contains("Ready after ", await AspireAsync("logs", "cluster-initializer"), StringComparison.Ordinal);
            Assert.Contains("cluster-initializer: reconcile cluster", await AspireAsync("otel", "traces"), StringComparison.Ordinal);
        }
        finally
        {
            var output = await AspireAsync("stop");
            await Leftovers.UntilGoneAsync(launch, [], TimeSpan.FromSeconds(30), () => output);
            await Data.RemoveAsync(settings, Token);
        }
    }

    private static async Task InstallAsync()
    {
        if (!File.Exists(Aspire))
        {
            var install = await ToolRun.StartAsync("dotnet", ["tool", "install", "Aspire.Cli", "--version", Version, "--tool-path", Folder], Token, Repository.Root);
            Runner.Require(install.Succeeded, $"'{install.Command}' failed:\n{install.Output}{install.Error}");
        }
    }
}
