using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace UnitTests.Hosting;

/// <summary>UnitTests.csproj says where the program of Built.csproj is, as an AppHost's build does. That of Missing.csproj is not there.</summary>
public sealed class BuiltProgramTests
{
    [Fact]
    public async Task BuiltProgramIsExecuted() => Assert.Equal(["exec", typeof(BuiltProgramTests).Assembly.Location, "--verbose"], await ArgumentsOf<Built>());

    [Fact]
    public async Task WhatIsNotThereIsLeftToDotnetRun() => Assert.Equal(["--verbose"], await ArgumentsOf<Missing>());

    [Fact]
    public async Task WhatTheBuildDidNotNameIsLeftToDotnetRun() => Assert.Equal(["--verbose"], await ArgumentsOf<Unknown>());

    [Fact]
    public async Task WhatIsWatchedIsLeftToDotnetWatch() => Assert.Equal(["--verbose"], await ArgumentsOf<Built>("--DOTNET_WATCH=1"));

    [Fact]
    public async Task NothingOfThisMachineIsPublished() => Assert.Equal(["--verbose"], await ArgumentsOf<Built>("--publisher", "manifest"));

    // Both questions are those of Aspire's launch policy: it leaves the prefix out when both are answered with yes.
    [Theory]
    [InlineData("--DEBUG_SESSION_PORT=localhost:1", true)]
    [InlineData("--EMPTY=", false)]
    public void IdeThatDebugsStartsTheProjectInItsOwnWay(string setting, bool isLeftToTheIde)
    {
        var (builder, project) = Project<Built>(setting);
#pragma warning disable ASPIREEXTENSION001
        Assert.Equal(isLeftToTheIde, project.SupportsDebugging(builder.Configuration, out var support));
        Assert.True(project.HasLaunchToolArgsOwnedBy(support!));
#pragma warning restore ASPIREEXTENSION001
    }

    private static async Task<IEnumerable<string>> ArgumentsOf<TProject>(params string[] settings)
        where TProject : IProjectMetadata, new()
    {
        var (builder, project) = Project<TProject>(settings);
        var configuration = await ExecutionConfigurationBuilder.Create(project).WithArgumentsConfig()
            .BuildAsync(builder.ExecutionContext, NullLogger.Instance, TestContext.Current.CancellationToken);
        Assert.Null(configuration.Exception);
        return configuration.Arguments.Select(argument => argument.Value);
    }

    private static (IDistributedApplicationBuilder Builder, ProjectResource Project) Project<TProject>(params string[] settings)
        where TProject : IProjectMetadata, new()
    {
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
        {
            Args = settings,
            AssemblyName = typeof(BuiltProgramTests).Assembly.GetName().Name,
            DisableDashboard = true,
        });
        return (builder, builder.AddProject<TProject>("api").WithArgs("--verbose").RunAsBuiltProgram().Resource);
    }

    private sealed class Built : IProjectMetadata
    {
        public string ProjectPath => "/projects/Built/Built.csproj";

        public LaunchSettings LaunchSettings => new();
    }

    private sealed class Missing : IProjectMetadata
    {
        public string ProjectPath => "/projects/Missing/Missing.csproj";

        public LaunchSettings LaunchSettings => new();
    }

    private sealed class Unknown : IProjectMetadata
    {
        public string ProjectPath => "/projects/Unknown/Unknown.csproj";

        public LaunchSettings LaunchSettings => new();
    }
}
