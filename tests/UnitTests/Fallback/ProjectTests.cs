using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;
using Xunit;
using static UnitTests.Fallback.TestApplication;

namespace UnitTests.Fallback;

public sealed class ProjectTests
{
    private const string Profiles = """
        {
          "profiles": {
            // Visual Studio's own.
            "IIS Express": { "commandName": "IISExpress" },
            "http": { "commandName": "Project", "applicationUrl": "http://localhost:5180", "launchUrl": "openapi/v1.json",
                      "environmentVariables": { "ASPNETCORE_ENVIRONMENT": "Development", "MODE": "profile" } },
            "https": { "commandName": "Project", "applicationUrl": "https://localhost:7180;http://localhost:5180;http://localhost:5181" },
          }
        }
        """;

    [Fact]
    public async Task TheFirstProfileThatRunsTheProjectTellsEndpointsAndEnvironment()
    {
        await using var app = new TestApplication();
        var api = app.Builder.AddProject("api", WriteProject(app)).WithEnvironment("MODE", "app");
        await app.StartAsync();

        var environment = (await ExecutionConfiguration.ResolveAsync(api.Resource, app.Application.Services, Token)).Environment;

        Assert.Equal("http://localhost:{target}", environment["ASPNETCORE_URLS"].Value);
        Assert.Equal("Development", environment["ASPNETCORE_ENVIRONMENT"].Value);
        Assert.Equal("http", environment["DOTNET_LAUNCH_PROFILE"].Value);
        Assert.Equal("app", environment["MODE"].Value);
        Assert.Equal("http://localhost:5180/openapi/v1.json", Assert.Single(app.Snapshot("api").Urls).Url);
    }

    [Fact]
    public async Task TheProfileOfTheAppHostIsTakenWhenTheProjectHasIt()
    {
        await using var app = new TestApplication("--DOTNET_LAUNCH_PROFILE=https");
        var api = app.Builder.AddProject("api", WriteProject(app));

        Assert.Equal(
            [("https", 7180, "https"), ("http", 5180, "http"), ("http2", 5181, "http")],
            api.Resource.Annotations.OfType<EndpointAnnotation>().Select(endpoint => (endpoint.Name, endpoint.Port!.Value, endpoint.UriScheme)));
    }

    [Fact]
    public async Task AProfileThatDoesNotExistIsAnError()
    {
        await using var app = new TestApplication();
        var project = WriteProject(app);

        var failure = Assert.Throws<DistributedApplicationException>(() => app.Builder.AddProject("api", project, options => options.LaunchProfileName = "production"));

        Assert.Equal($"Launch settings of '{project}' have no profile 'production'.", failure.Message);
    }

    private static string WriteProject(TestApplication app)
    {
        var directory = Directory.CreateDirectory(Path.Combine(app.Directory, "Api", "Properties"));
        File.WriteAllText(Path.Combine(directory.FullName, "launchSettings.json"), Profiles);
        var project = Path.Combine(app.Directory, "Api", "Api.csproj");
        File.WriteAllText(project, "<Project />");
        return project;
    }
}
