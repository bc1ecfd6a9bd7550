using System.Text.Json;
using EndToEndTests.App;
using Support;
using Xunit;

namespace EndToEndTests.Packages;

/// <summary>
/// Somebody with an empty folder outside of the clone who has heard of the packages: they come from the packed files, all others from the sources of this machine's user. The user's
/// packages are seen and not added to.
/// </summary>
public sealed class NewUser : IAsyncLifetime
{
    public async ValueTask InitializeAsync()
    {
        LastWill.Removes(Folder);
        await PackedFiles.MakeAsync();
        File.WriteAllText(Path.Combine(Folder, "nuget.config"), $"""
            <configuration>
              <packageSources><add key="packed" value="{PackedFiles.Folder}" /></packageSources>
              <fallbackPackageFolders><add key="user" value="{UsersPackages}" /></fallbackPackageFolders>
            </configuration>
            """);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("e2e-user-").FullName;

    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["NUGET_PACKAGES"] = Path.Combine(Folder, ".packages"),
        // Where templates are installed.
        ["DOTNET_CLI_HOME"] = Path.Combine(Folder, ".cli"),
        ["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false",
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["UseSharedCompilation"] = "false",
    };

    private static string UsersPackages => System.Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder
        ? folder
        : Path.Combine(System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>Types commands, as a document has them.</summary>
    public Task<string> TypesAsync(string commands, string folder = "") =>
        Tool.RunAsync("bash", ["-ec", commands], Runner.Token, Path.Combine(Folder, folder), Environment);

    public void Writes(string file, string text)
    {
        var path = Path.Combine(Folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    public string Reads(string file) => File.ReadAllText(Path.Combine(Folder, file));

    /// <summary>Builds all that is in the folder; a warning is a failure.</summary>
    public Task BuildsAsync(string folder) => TypesAsync("dotnet build -warnaserror", folder);

    /// <summary>Starts the AppHost as its launch profile has it, but with nodes on free ports.</summary>
    internal Task<AppHostRun> StartsAsync(string folder, string name, CancellationToken cancellationToken)
    {
        var appHost = Profile(Path.Combine(folder, $"{name}.AppHost"));
        var variables = appHost.GetProperty("environmentVariables");
        var settings = new AppHostSettings(NodeForm.Process) { ApiPort = Port(Profile(Path.Combine(folder, $"{name}.Api")).GetProperty("applicationUrl")) };
        var launch = new AppHostLaunch(settings)
        {
            Folder = Path.Combine(Folder, folder),
            Project = $"{name}.AppHost",
            LaunchProfile = "http",
            DashboardPorts =
            [
                Port(appHost.GetProperty("applicationUrl")),
                Port(variables.GetProperty("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL")),
                Port(variables.GetProperty("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL")),
            ],
            Further = Environment,
        };
        launch.RequireFreePorts();
        return AppHostRun.StartAsync(launch, cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static int Port(JsonElement address) => new Uri(address.GetString()!).Port;

    private JsonElement Profile(string project) =>
        JsonDocument.Parse(Reads(Path.Combine(project, "Properties", "launchSettings.json"))).RootElement.GetProperty("profiles").GetProperty("http");
}
