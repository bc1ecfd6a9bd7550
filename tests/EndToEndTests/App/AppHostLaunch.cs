using RedisCluster.Topology;
using Support;

namespace EndToEndTests.App;

/// <summary>A start of AppHost as a process: its built program, or what a user types.</summary>
internal sealed record AppHostLaunch(AppHostSettings Settings)
{
    /// <summary>In the environment of every process that the run starts: what still carries it afterwards was left behind.</summary>
    public const string MarkerVariable = "REDIS_CLUSTER_E2E_RUN";

    /// <summary>The dashboard, what it is sent, and what it asks.</summary>
    public IReadOnlyList<int> DashboardPorts { get; init; } = FreePorts.Take(3);

    /// <summary>Whether it is the command of the README, with nothing set but the form. The ports have to be the default ones, then.</summary>
    public bool IsReadmeCommand { get; init; }

    /// <summary>The project whose launch profile is used; another solution has one of its own, and its folder.</summary>
    public string Project { get; init; } = "AppHost";

    public string Folder { get; init; } = Repository.Root;

    /// <summary>The profile of AppHost's launchSettings.json that sets the addresses of the dashboard, which have to be the same here; null for none.</summary>
    public string? LaunchProfile { get; init; }

    public IReadOnlyDictionary<string, string> Further { get; init; } = new Dictionary<string, string>();

    /// <summary>Every port that the run listens on.</summary>
    public IEnumerable<int> Ports =>
        [.. Settings.NodePorts, .. Settings.NodePorts.Select(BusPort.Of), Settings.ApiPort, .. DashboardPorts];

    // What dotnet run would start after asking MSBuild for seconds.
    private static string Program { get; } = Repository.PathOf("artifacts", "bin", "AppHost", new DirectoryInfo(AppContext.BaseDirectory).Name, "AppHost.dll");

    public async Task<IReadOnlyList<string>> CommandAsync(CancellationToken cancellationToken) => IsReadmeCommand
        ? ["run", "--project", "AppHost"]
        : [.. LaunchProfile is { } profile ? new[] { "run", "--project", Project, "--no-build", "--launch-profile", profile, "--" } : [Program], .. await Settings.ArgumentsAsync(cancellationToken)];

    public IEnumerable<KeyValuePair<string, string>> Environment =>
    [
        new(MarkerVariable, Settings.Marker),
        // What builds first would leave the SDK's build servers, which outlive a build on purpose and are nobody's leftovers.
        new("MSBUILDDISABLENODEREUSE", "1"),
        new("UseSharedCompilation", "false"),
        .. IsReadmeCommand ? new Dictionary<string, string> { ["RedisCluster__Runtime"] = Settings.Form.ToString() }
            : new Dictionary<string, string> { ["Parameters__redis-password"] = Settings.Password },
        .. IsReadmeCommand || LaunchProfile is not null ? [] : new Dictionary<string, string>
        {
            ["DOTNET_ENVIRONMENT"] = "Development",
            ["ASPNETCORE_URLS"] = $"http://localhost:{DashboardPorts[0]}",
            ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true",
            ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = $"http://localhost:{DashboardPorts[1]}",
            ["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = $"http://localhost:{DashboardPorts[2]}",
        },
        .. Further,
    ];

    /// <summary>Ports that cannot be chosen, as those of a launch profile, may belong to somebody else's AppHost.</summary>
    public void RequireFreePorts()
    {
        var busy = Ports.Where(port => !FreePorts.IsFree(port)).ToList();
        Runner.Require(busy.Count == 0, $"Ports of the launch profile are in use: {string.Join(", ", busy)}.");
    }
}
