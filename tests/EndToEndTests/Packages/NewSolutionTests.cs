using System.Globalization;
using System.Net.Http.Json;
using EndToEndTests.App;
using Support;
using Xunit;

namespace EndToEndTests.Packages;

/// <summary>Solutions outside of the clone that have nothing of it but the packages, made by what README says.</summary>
[Trait("Form", nameof(NodeForm.Process))]
public sealed class NewSolutionTests(NewUser user) : IClassFixture<NewUser>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TemplateMakesAnApplicationThatBuildsTestsItselfAndRuns()
    {
        var commands = Section.Commands[0].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("dotnet run --project Shop/Shop.AppHost", commands[^1]);
        await user.TypesAsync(string.Join('\n', commands[..^1]));
        await user.TypesAsync("dotnet new redis-cluster -n Acme.My-Shop");
        await user.BuildsAsync("Shop");
        await user.TypesAsync("dotnet test --no-build", "Shop");
        await using var run = await user.StartsAsync("Shop", "Shop", Token);
        await run.UntilHealthyAsync(TimeSpan.FromMinutes(2));
        using var api = new HttpClient { BaseAddress = run.Settings.Api };
        using var visit = await api.PostAsync(new Uri("/visits/home", UriKind.Relative), content: null, Token);
        Assert.Equal(1, await visit.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<long>(Token));
        Assert.Equal(1, await api.GetFromJsonAsync<long>("/visits/home", Token));

        // The file that says where the program is comes with the package.
        Assert.Contains(ProcessTable.OfRun(run.Settings.Marker), process => process.CommandLine.Contains("exec", StringComparison.Ordinal) && process.CommandLine.Contains("Shop.Api.dll", StringComparison.Ordinal));

        // What its own README tells to do.
        Assert.Contains($"curl -X POST {run.Settings.Api}visits/home", user.Reads("Shop/README.md"), StringComparison.Ordinal);
        await Data.RemoveAsync(run.Settings, Token);

        // A name that is no identifier.
        Assert.Contains("<Projects.Acme_My_Shop_Api>", user.Reads("Acme.My-Shop/Acme.My-Shop.AppHost/AppHost.cs"), StringComparison.Ordinal);
        Assert.Contains("namespace Acme.My_Shop.Tests;", user.Reads("Acme.My-Shop/Acme.My-Shop.Tests/VisitTests.cs"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PackagesServeAnAppHostThatIsThereAlready()
    {
        await user.TypesAsync("mkdir There\ncd There\ndotnet new web -n Shop.Api");
        var ports = FreePorts.Take(3);
        user.Writes("There/Shop.AppHost/Shop.AppHost.csproj", """
            <Project Sdk="Aspire.AppHost.Sdk/13.6.4">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <NoWarn>ASPIRE010</NoWarn>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Aspire.Hosting.AppHost" Version="13.6.5" />
                <ProjectReference Include="../Shop.Api/Shop.Api.csproj" />
              </ItemGroup>
            </Project>
            """);
        user.Writes("There/Shop.AppHost/Properties/launchSettings.json", string.Create(CultureInfo.InvariantCulture, $$"""
            {
              "profiles": {
                "http": {
                  "commandName": "Project",
                  "applicationUrl": "http://localhost:{{ports[0]}}",
                  "environmentVariables": {
                    "DOTNET_ENVIRONMENT": "Development",
                    "ASPIRE_ALLOW_UNSECURED_TRANSPORT": "true",
                    "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL": "http://localhost:{{ports[1]}}",
                    "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL": "http://localhost:{{ports[2]}}"
                  }
                }
              }
            }
            """));
        user.Writes("There/Shop.AppHost/AppHost.cs", $"var builder = DistributedApplication.CreateBuilder(args);\n{Section.Code[0]}\nbuilder.Build().Run();\n");
        user.Writes("There/Shop.Api/Program.cs", $"""
            using StackExchange.Redis;
            var builder = WebApplication.CreateBuilder(args);
            {Section.Code[1]}
            var app = builder.Build();
            app.MapHealthChecks("/health");
            app.MapGet("/", async (IDatabaseAsync redis) => (long)await redis.StringIncrementAsync("visits"));
            app.Run();
            """);

        await user.TypesAsync(Section.Commands[1], "There");
        await user.BuildsAsync("There/Shop.AppHost");
        await using var run = await user.StartsAsync("There", "Shop", Token);
        await run.UntilHealthyAsync(TimeSpan.FromMinutes(2));
        using var api = new HttpClient { BaseAddress = run.Settings.Api };
        Assert.Equal("1", await api.GetStringAsync(new Uri("/", UriKind.Relative), Token));
        await Data.RemoveAsync(run.Settings, Token);
    }

    /// <summary>The commands and the code of README's "In your own solution", block by block.</summary>
    private static class Section
    {
        private static readonly string Text = File.ReadAllText(Repository.PathOf("README.md")).Split("\n## ").Single(section => section.StartsWith("In your own solution\n", StringComparison.Ordinal));

        public static string[] Commands { get; } = Blocks("sh");

        public static string[] Code { get; } = Blocks("csharp");

        private static string[] Blocks(string language) =>
            [.. Text.Split("```").Where(block => block.StartsWith(language + "\n", StringComparison.Ordinal)).Select(block => block[(language.Length + 1)..])];
    }
}
