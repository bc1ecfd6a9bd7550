using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EndToEndTests.App;

/// <summary>How nodes run; the value of RedisCluster:Runtime.</summary>
public enum NodeForm
{
    Process,
    Container,
}

/// <summary>Everything that keeps one start of AppHost apart from every other on this machine: ports, data, password, marker.</summary>
internal sealed record AppHostSettings(NodeForm Form)
{
    public const int NodeCount = 6;

    /// <summary>In the environment of every process that the run starts: what still carries it afterwards was left behind.</summary>
    public const string MarkerVariable = "REDIS_CLUSTER_E2E_RUN";

    public string Marker { get; init; } = "e2e-" + RandomNumberGenerator.GetHexString(8, lowercase: true);

    public int FirstPort { get; init; } = FreePorts.ForNodes(NodeCount);

    public int ApiPort { get; init; } = FreePorts.One();

    public int DashboardPort { get; init; } = FreePorts.One();

    public int OtlpPort { get; init; } = FreePorts.One();

    public int ResourceServicePort { get; init; } = FreePorts.One();

    public string Password { get; init; } = RandomNumberGenerator.GetHexString(24);

    public string ApiKey { get; init; } = RandomNumberGenerator.GetHexString(32);

    /// <summary>How many instances of SampleApi share its port.</summary>
    public int Instances { get; init; } = 1;

    /// <summary>The image of container nodes; null takes the one that AppHost takes by itself.</summary>
    public string? Image { get; init; } = ContainerEngine.Image;

    /// <summary>Further settings, by the name that they have in the environment.</summary>
    public IReadOnlyDictionary<string, string> Further { get; init; } = new Dictionary<string, string>();

    public IEnumerable<int> NodePorts => Enumerable.Range(FirstPort, NodeCount);

    /// <summary>Every port that the run listens on.</summary>
    public IEnumerable<int> Ports =>
        [.. NodePorts, .. NodePorts.Select(port => port + 10000), ApiPort, DashboardPort, OtlpPort, ResourceServicePort];

    public Uri Api => new($"http://localhost:{ApiPort}");

    /// <summary>Whether it is the command of the README, with nothing set but the form, and a key by which a test sees what the dashboard sees. The ports have to be the default ones, then.</summary>
    public bool IsReadmeCommand { get; init; }

    /// <summary>The profile of AppHost's launchSettings.json that sets the addresses of the dashboard, which have to be the same here; null for none.</summary>
    public string? LaunchProfile { get; init; }

    /// <summary>What the dashboard and the resource service show that they are who they are; null when they listen without https.</summary>
    public X509Certificate2? Certificate { get; init; }

    public Uri ResourceService => new($"{(Certificate is null ? "http" : "https")}://localhost:{ResourceServicePort}");

    public IReadOnlyList<string> Command => IsReadmeCommand ? ["run", "--project", "AppHost"]
        : LaunchProfile is { } profile ? ["run", "--project", "AppHost", "--no-build", "--launch-profile", profile]
        : [Program];

    // What dotnet run would start after asking MSBuild for seconds.
    private static string Program { get; } = Repository.PathOf("artifacts", "bin", "AppHost", new DirectoryInfo(AppContext.BaseDirectory).Name, "AppHost.dll");

    public IReadOnlyDictionary<string, string> ToEnvironment()
    {
        if (IsReadmeCommand)
        {
            return new Dictionary<string, string> { [MarkerVariable] = Marker, ["ASPIRE_DASHBOARD_RESOURCESERVICE_APIKEY"] = ApiKey, ["RedisCluster__Runtime"] = Form.ToString() };
        }
        var environment = new Dictionary<string, string>
        {
            [MarkerVariable] = Marker,
            ["ASPIRE_DASHBOARD_RESOURCESERVICE_APIKEY"] = ApiKey,
            // The dashboard forgets the oldest traces, by default beyond 10000: those of the initializer, when a test makes many requests.
            ["DASHBOARD__TELEMETRYLIMITS__MAXTRACECOUNT"] = "100000",
            ["Parameters__redis-password"] = Password,
            ["RedisCluster__Runtime"] = Form.ToString(),
            ["RedisCluster__FirstPort"] = FirstPort.ToString(CultureInfo.InvariantCulture),
            ["RedisCluster__DataVolumeName"] = Marker,
            ["SampleApi__Port"] = ApiPort.ToString(CultureInfo.InvariantCulture),
            ["SampleApi__Replicas"] = Instances.ToString(CultureInfo.InvariantCulture),
        };
        if (LaunchProfile is null)
        {
            environment["DOTNET_ENVIRONMENT"] = "Development";
            environment["ASPNETCORE_URLS"] = $"http://localhost:{DashboardPort}";
            environment["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true";
            environment["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = $"http://localhost:{OtlpPort}";
            environment["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = $"http://localhost:{ResourceServicePort}";
        }
        if (Image is not null)
        {
            environment["RedisCluster__Image"] = Image;
        }
        foreach (var (name, value) in Further)
        {
            environment[name] = value;
        }
        return environment;
    }
}
