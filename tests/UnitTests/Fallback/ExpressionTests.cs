using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;
using Xunit;
using static UnitTests.Fallback.TestApplication;

namespace UnitTests.Fallback;

public sealed class ExpressionTests
{
    [Fact]
    public async Task BracesOfTheTextAreNotHolesOfTheFormat()
    {
        var expression = ReferenceExpression.Create($"{{\"name\":\"{"{x}"}\"}}");

        Assert.Equal("{\"name\":\"{x}\"}", await expression.GetValueAsync(Token));
    }

    [Fact]
    public async Task AnEndpointIsAwaitedAndSeenFromTheNetworkOfTheCaller()
    {
        await using var app = new TestApplication();
        var node = app.Builder.AddContainer("node", "redis").WithEndpoint(port: 7001, targetPort: 7001, name: "redis", scheme: "redis", isProxied: false);
        var expression = ReferenceExpression.Create($"{node.GetEndpoint("redis").Property(EndpointProperty.HostAndPort)},abortConnect=false");
        var fromHost = expression.GetValueAsync(Token).AsTask();
        var fromContainer = expression.GetValueAsync(new ValueProviderContext { Caller = node.Resource }, Token).AsTask();
        Assert.False(fromHost.IsCompleted);

        var endpoint = node.GetEndpoint("redis").EndpointAnnotation;
        var containers = KnownNetworkIdentifiers.DefaultAspireContainerNetwork;
        endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, "localhost", 7001);
        endpoint.AllAllocatedEndpoints.AddOrUpdateAllocatedEndpoint(containers, new AllocatedEndpoint(endpoint, "node.dev.internal", 7001, EndpointBindingMode.SingleAddress, networkId: containers));

        Assert.Equal("localhost:7001,abortConnect=false", await fromHost);
        Assert.Equal("node.dev.internal:7001,abortConnect=false", await fromContainer);
    }

    [Fact]
    public async Task ABuilderMakesTheSameExpressionPieceByPiece()
    {
        await using var app = new TestApplication("--Parameters:password=a/b");
        var password = app.Builder.AddParameter("password", secret: true);
        var builder = new ReferenceExpressionBuilder();
        builder.AppendLiteral("password=");
        builder.Append($"{password.Resource}");
        builder.AppendLiteral(",uri=");
        builder.Append($"{password.Resource:uri}");

        Assert.Equal("password=a/b,uri=a%2Fb", await builder.Build().GetValueAsync(Token));
        Assert.Equal("password={password.value},uri={password.value}", builder.Build().ValueExpression);
    }

    [Fact]
    public async Task TheConfigurationOfAResourceIsResolvedAnewAndMarksWhatIsSecret()
    {
        await using var app = new TestApplication("--Parameters:password=secret");
        var password = app.Builder.AddParameter("password", secret: true);
        var starts = 0;
        var worker = app.Builder.AddExecutable("worker", "worker", ".", "run", "--verbose")
            .WithEnvironment("PLAIN", "1")
            .WithEnvironment("PASSWORD", password)
            .WithEnvironment("CONNECTION", $"localhost,password={password}")
            .WithEnvironment(context => context.EnvironmentVariables["STARTS"] = ++starts);
        await app.StartAsync();

        await ExecutionConfiguration.ResolveAsync(worker.Resource, app.Application.Services, Token);
        var configuration = await ExecutionConfiguration.ResolveAsync(worker.Resource, app.Application.Services, Token);

        Assert.Equal([new("run", false), new("--verbose", false)], configuration.Arguments);
        Assert.Equal(
            new Dictionary<string, ResolvedValue>
            {
                ["PLAIN"] = new("1", false),
                ["PASSWORD"] = new("secret", true),
                ["CONNECTION"] = new("localhost,password=secret", true),
                ["STARTS"] = new("2", false),
            },
            configuration.Environment);
    }

    [Fact]
    public async Task AValueThatCannotBeResolvedIsNamed()
    {
        await using var app = new TestApplication();
        var password = app.Builder.AddParameter("password", secret: true);
        var worker = app.Builder.AddExecutable("worker", "worker", ".").WithEnvironment("PASSWORD", password);

        var failure = await Assert.ThrowsAsync<DistributedApplicationException>(
            () => ExecutionConfiguration.ResolveAsync(worker.Resource, app.Application.Services, Token));

        Assert.Equal(
            "The environment variable 'PASSWORD' of resource 'worker' could not be resolved: "
            + "Parameter resource could not be used because configuration key 'Parameters:password' is missing and the Parameter has no default value.",
            failure.Message);
    }
}
