using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace UnitTests.Hosting;

/// <summary>An application with one Redis Cluster, built and made ready in this process and never run.</summary>
internal sealed class TestApplication : IDisposable
{
    public const string Password = "a-password";

    public TestApplication(params string[] settings)
    {
        Folder = Directory.CreateTempSubdirectory("hosting-").FullName;
        Builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
        {
            DisableDashboard = true,
            Args = [$"Parameters:redis-password={Password}", "DcpPublisher:CliPath=/none", "DcpPublisher:DashboardPath=/none", .. settings],
        });
    }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public string Folder { get; }

    public IDistributedApplicationBuilder Builder { get; }

    /// <summary>The engine of this application is a script.</summary>
    public string UseEngine(string script)
    {
        var engine = FakeEngine.Make(Folder, script).Command;
        Builder.Configuration["DcpPublisher:ContainerRuntime"] = engine;
        return engine;
    }

    /// <summary>Process nodes would run this script, which answers as a server does.</summary>
    public string UseServer()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the server is a shell script");
        var server = Path.Combine(Folder, "redis-server");
        File.WriteAllText(server, "#!/bin/sh\necho 'Redis server v=7.0.15 sha=00000000:0'\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(server, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return server;
    }

    /// <summary>Everything up to the point where resources would be started.</summary>
    public async Task<DistributedApplication> PrepareAsync(CancellationToken? cancellationToken = null)
    {
        var application = Builder.Build();
        await Builder.Eventing.PublishAsync(new BeforeStartEvent(application.Services, application.Services.GetRequiredService<DistributedApplicationModel>()), cancellationToken ?? Token);
        return application;
    }

    /// <summary>Starts, which is refused, and returns the reasons.</summary>
    public async Task<IReadOnlyList<string>> RefusedAsync()
    {
        await using var application = Builder.Build();
        return (await Assert.ThrowsAsync<RedisClusterStartException>(() => application.StartAsync(Token))).Problems;
    }

    public static async Task<IReadOnlyList<string>> ArgumentsAsync(IResource node)
    {
        var arguments = new List<object>();
        foreach (var annotation in node.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
        {
            await annotation.Callback(new CommandLineArgsCallbackContext(arguments, node, Token));
        }

        return [.. arguments.Cast<string>()];
    }

    /// <summary>The cluster's environment variables in a resource, as text.</summary>
    public static async Task<Dictionary<string, string>> EnvironmentAsync(IResource resource)
    {
        var context = new EnvironmentCallbackContext(new DistributedApplicationExecutionContext(DistributedApplicationOperation.Run), resource, cancellationToken: Token);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            await annotation.Callback(context);
        }

        var texts = new Dictionary<string, string>();
        foreach (var (name, value) in context.EnvironmentVariables.Where(variable => variable.Key.StartsWith("RedisCluster__", StringComparison.Ordinal)))
        {
            texts[name] = value as string ?? (await ((IValueProvider)value).GetValueAsync(Token))!;
        }

        return texts;
    }

    /// <summary>The cluster with the addresses that its nodes get at a start.</summary>
    public static RedisClusterResource Allocated(RedisClusterResource cluster)
    {
        foreach (var endpoint in cluster.Nodes.SelectMany(node => node.Annotations.OfType<EndpointAnnotation>()))
        {
            endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, "localhost", endpoint.Port!.Value);
        }

        return cluster;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

internal sealed class InitializerProject : IProjectMetadata
{
    public string ProjectPath => Path.Combine(Repository.Root, "ClusterInitializer", "ClusterInitializer.csproj");
}
