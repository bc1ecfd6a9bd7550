using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;
using Aspire.Hosting.Orchestration;
using Xunit;

namespace UnitTests.Fallback;

public class DcpObjectTests
{
    private static readonly IDistributedApplicationBuilder Builder = DistributedApplication.CreateBuilder([]);

    [Fact]
    public async Task ContainerHasAllThatItsResourceSays()
    {
        var node = Builder.AddContainer("cache", "valkey/valkey", "8.1")
            .WithImageRegistry("ghcr.io")
            .WithEntrypoint("/bin/server")
            .WithArgs("--port", "7001")
            .WithEnvironment("MODE", "cluster")
            .WithBindMount("/srv/conf", "/conf", isReadOnly: true)
            .WithVolume("data", "/data")
            .WithEndpoint(port: 7001, targetPort: 7001, name: "tcp", isProxied: false)
            .WithEndpoint(targetPort: 9000, name: "metrics")
            .Resource;

        var container = ContainerObjects.Create(node, "cache-abcdefgh", await ResolveAsync(node));

        Assert.Equal(
            """
            {"apiVersion":"usvc-dev.developer.microsoft.com/v1","kind":"Container","spec":{"image":"ghcr.io/valkey/valkey:8.1","containerName":"cache-abcdefgh","command":"/bin/server",
            "args":["--port","7001"],"env":[{"name":"MODE","value":"cluster"}],
            "ports":[{"containerPort":7001,"hostPort":7001,"protocol":"TCP","hostIP":"127.0.0.1"},{"containerPort":9000,"protocol":"TCP","hostIP":"127.0.0.1"}],
            "volumeMounts":[{"type":"bind","source":"/srv/conf","target":"/conf","readOnly":true},{"type":"volume","source":"data","target":"/data","readOnly":false}],
            "networks":[{"name":"aspire-container-network","aliases":["cache","cache.dev.internal"]}],
            "runArgs":[]},
            "metadata":{"name":"cache-abcdefgh","annotations":{"resource-name":"cache","otel-service-name":"cache","otel-service-instance-id":"abcdefgh",
            "service-producer":"[{\u0022serviceName\u0022:\u0022cache.metrics\u0022,\u0022address\u0022:\u0022localhost\u0022,\u0022port\u0022:9000}]"}}}
            """.ReplaceLineEndings(""),
            JsonSerializer.Serialize(container, Container.Json));
    }

    [Fact]
    public async Task ProjectThatTheAppHostDidNotBuildRunsFromItsSources()
    {
        var project = Builder.AddProject("api", "/src/Api/Api.csproj", options => options.ExcludeLaunchProfile = true).WithArgs("--seed").Resource;
        var executable = new ExecutableObjects(new DistributedApplicationOptions()).Create(project, "api-abcdefgh", await ResolveAsync(project));
        Assert.Equal("/src/Api", executable.Spec.WorkingDirectory);
        Assert.Equal(["run", "--project", "/src/Api/Api.csproj", "--no-launch-profile", "--", "--seed"], executable.Spec.Args!);
    }

    [Theory]
    [InlineData("RedisShop.AppHost", "aspire-session-network-abcdefgh-RedisShop")]
    [InlineData("My Shop!", "aspire-session-network-abcdefgh-MyShop")]
    [InlineData("", "aspire-session-network-abcdefgh")]
    public void NetworkIsNamedAfterTheApplication(string application, string network) => Assert.Equal(network, DcpNetwork.Name(application, "abcdefgh"));

    [Fact]
    public void ConnectionIsReadFromKubeconfig()
    {
        const string kubeconfig = "clusters:\n- cluster:\n    server: https://127.0.0.1:38617\nusers:\n- name: apiserver_user\n  user:\n    token: szejh\n";
        var connection = DcpConnection.Parse(kubeconfig, [1]);
        Assert.Equal((new Uri("https://127.0.0.1:38617"), "szejh"), (connection.Server, connection.Token));
    }

    private static Task<ExecutionConfiguration> ResolveAsync(IResource resource)
    {
        var services = DistributedApplication.CreateBuilder([]).Build().Services;
        return ExecutionConfiguration.ResolveAsync(resource, services, TestContext.Current.CancellationToken);
    }
}
