using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;
using Xunit;
using static UnitTests.Fallback.TestApplication;

namespace UnitTests.Fallback;

public sealed class BuilderTests
{
    [Fact]
    public async Task ConfigurationOfTheAppHostFolderYieldsToTheCommandLine()
    {
        var directory = Directory.CreateTempSubdirectory("fallback-");
        await File.WriteAllTextAsync(Path.Combine(directory.FullName, "appsettings.json"), """{ "RedisCluster": { "Shards": "3", "Runtime": "Auto" } }""", Token);

        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { ProjectDirectory = directory.FullName, Args = ["--RedisCluster:Shards=5"] });

        Assert.Equal("5", builder.Configuration["RedisCluster:Shards"]);
        Assert.Equal("Auto", builder.Configuration["RedisCluster:Runtime"]);
        Assert.Equal(directory.FullName, builder.AppHostDirectory);
        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task ResourceNamesAreUniqueWhateverTheirCase()
    {
        await using var app = new TestApplication();
        app.Builder.AddContainer("redis", "redis");

        var failure = Assert.Throws<DistributedApplicationException>(() => app.Builder.AddContainer("Redis", "redis"));

        Assert.Contains("with name 'Redis' because resource of type", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1st", "Name must start with an ASCII letter.")]
    [InlineData("a_b", "Name must contain only ASCII letters, digits, and hyphens.")]
    [InlineData("a--b", "Name cannot contain consecutive hyphens.")]
    [InlineData("a-", "Name cannot end with a hyphen.")]
    public void ResourceNamesMustBeHostNames(string name, string problem)
    {
        var failure = Assert.Throws<ArgumentException>(() => new ContainerResource(name));

        Assert.Contains(problem, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis", null, "redis:latest")]
    [InlineData("redis", "8.6", "redis:8.6")]
    [InlineData("valkey/valkey:8.1", null, "valkey/valkey:8.1")]
    [InlineData("localhost:5000/redis", "8.6", "localhost:5000/redis:8.6")]
    [InlineData("ghcr.io/a/b@sha256:0a1b", null, "ghcr.io/a/b@sha256:0a1b")]
    public async Task AnImageNameMayHoldRegistryTagOrDigest(string image, string? tag, string expected)
    {
        await using var app = new TestApplication();
        var container = app.Builder.AddResource(new ContainerResource("node")).WithImage(image, tag);

        Assert.True(container.Resource.TryGetContainerImageName(out var name));
        Assert.Equal(expected, name);
    }

    [Fact]
    public async Task RelativePathsStartAtTheAppHostFolder()
    {
        await using var app = new TestApplication();
        var container = app.Builder.AddContainer("node", "redis").WithBindMount("nodes/redis.conf", "/redis.conf", isReadOnly: true);

        var mount = Assert.Single(container.Resource.Annotations.OfType<ContainerMountAnnotation>());
        Assert.Equal(Path.Combine(app.Directory, "nodes", "redis.conf"), mount.Source);
        Assert.True(mount.IsReadOnly);
    }

    [Fact]
    public async Task AReferenceGivesConnectionStringAndPropertiesUnderTheNameOfTheResource()
    {
        await using var app = new TestApplication("--Parameters:password=secret");
        var password = app.Builder.AddParameter("password", secret: true);
        var redis = app.Builder.AddResource(new TestCluster("my-redis", password.Resource));
        var worker = app.Builder.AddExecutable("worker", "worker", ".").WithReference(redis);

        var configuration = await ExecutionConfiguration.ResolveAsync(worker.Resource, app.Application.Services, Token);

        Assert.Equal(
            new Dictionary<string, ResolvedValue>
            {
                ["ConnectionStrings__my-redis"] = new("localhost:7001,password=secret", true),
                ["MY_REDIS_PASSWORD"] = new("secret", true),
            },
            configuration.Environment);
    }

    [Fact]
    public async Task AReferenceToAProjectGivesItsEndpointsForServiceDiscovery()
    {
        await using var app = new TestApplication();
        var api = app.Builder.AddResource(new ProjectResource("sample-api")).WithHttpEndpoint(port: 5180).WithHttpEndpoint(port: 5181, name: "admin");
        var worker = app.Builder.AddExecutable("worker", "worker", ".").WithReference(api);
        await app.StartAsync();

        var configuration = await ExecutionConfiguration.ResolveAsync(worker.Resource, app.Application.Services, Token);

        Assert.Equal(
            new Dictionary<string, ResolvedValue>
            {
                ["SAMPLE_API_HTTP"] = new("http://localhost:5180", false),
                ["services__sample-api__http__0"] = new("http://localhost:5180", false),
                ["SAMPLE_API_ADMIN"] = new("http://localhost:5181", false),
                ["services__sample-api__admin__0"] = new("http://localhost:5181", false),
            },
            configuration.Environment);
    }

    private sealed class TestCluster(string name, ParameterResource password) : Resource(name), IResourceWithConnectionString
    {
        public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"localhost:7001,password={password}");

        public IEnumerable<KeyValuePair<string, ReferenceExpression>> GetConnectionProperties() => [new("Password", ReferenceExpression.Create($"{password}"))];
    }
}
