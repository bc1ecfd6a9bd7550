using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using EndToEndTests.App;
using Xunit;

namespace EndToEndTests;

/// <summary>Starts that cannot go well: each says what is wrong and what to do, before anything is started.</summary>
public sealed class RefusedStartTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AppHostEndsWithTheMessageAloneAndLeavesNothing()
    {
        var settings = new AppHostSettings(NodeForm.Process);
        using var listener = Listen(settings.FirstPort + 2);
        await Refusal.OfProcessAsync(new AppHostLaunch(settings), [$"{settings.FirstPort + 2}", "redis-node-3", "RedisCluster:FirstPort"], Token);
    }

    [Fact]
    public async Task BusyBusPortIsNamedWithItsNode()
    {
        var settings = new AppHostSettings(NodeForm.Process);
        using var listener = Listen(settings.FirstPort + 10001);
        await Refusal.OfAsync(settings, [$"{settings.FirstPort + 10001}", "redis-node-2"], Token);
    }

    [Fact]
    public async Task BusyPortOfTheApiIsNamedWithItsResource()
    {
        var settings = new AppHostSettings(NodeForm.Process);
        using var listener = Listen(settings.ApiPort);
        await Refusal.OfAsync(settings, [$"{settings.ApiPort}", "sample-api", "in use by"], Token);
    }

    [Fact]
    public Task EveryWrongSettingIsListedAtOnce() =>
        Refusal.OfAsync(With("RedisCluster:Shards=2", "RedisCluster:FirstPort=70000"), ["Shards", "2", "3", "FirstPort", "70000"], Token);

    [Fact]
    public async Task MissingConfigFileIsNamed()
    {
        var folder = Directory.CreateTempSubdirectory("e2e-nodes-");
        try
        {
            foreach (var node in (int[])[1, 2, 4, 5, 6])
            {
                File.Copy(Repository.PathOf("AppHost", "nodes", $"node-{node}", "redis.conf"), Path.Combine(folder.CreateSubdirectory($"node-{node}").FullName, "redis.conf"));
            }

            var options = new DistributedApplicationOptions { Args = [.. await With().ArgumentsAsync(Token)], AssemblyName = nameof(Projects.AppHost), DisableDashboard = true };
            var builder = DistributedApplication.CreateBuilder(options);
            builder.AddRedisCluster("redis").WithNodeConfigs(folder.FullName);
            await using var app = builder.Build();
            await Refusal.OfAsync(app, ["redis-node-3", Path.Combine("node-3", "redis.conf")], Token);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public Task MissingServerPathIsNamed() =>
        Refusal.OfAsync(With("RedisCluster:ServerPath=/nowhere/redis-server"), ["ServerPath", "/nowhere/redis-server"], Token);

    // The engine is asked through the environment of the process.
    [Fact]
    public Task ContainerFormWithoutAnEngineIsRefused()
    {
        var launch = new AppHostLaunch(With("RedisCluster:Runtime=Container")) { Further = new Dictionary<string, string> { ["DOCKER_HOST"] = "unix:///nowhere/docker.sock" } };
        return Refusal.OfProcessAsync(launch, ["Container", "docker", "RedisCluster:Runtime"], Token);
    }

    // Without a home the orchestrator ends in silence, and Aspire waits for it without an end.
    [Fact]
    public Task HomeAndDataFolderThatCannotBeWrittenAreRefused()
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        var launch = new AppHostLaunch(With()) { Further = new Dictionary<string, string> { ["HOME"] = "/dev/null", ["XDG_DATA_HOME"] = "/dev/null/data", ["XDG_CACHE_HOME"] = cache } };
        return Refusal.OfProcessAsync(launch, ["HOME is '/dev/null'", ".dcp", "The data folder /dev/null/data", "XDG_DATA_HOME"], Token);
    }

    [Fact]
    [Trait("Form", nameof(NodeForm.Container))]
    public Task AbsentImageIsRefused()
    {
        const string Absent = "redis-cluster-aspire/absent:none";
        return Refusal.OfAsync(new AppHostSettings(NodeForm.Container) { Further = [$"RedisCluster:Image={Absent}"] }, [Absent, "RedisCluster:Image"], Token);
    }

    private static AppHostSettings With(params string[] arguments) => new(NodeForm.Process) { Further = arguments };

    private static TcpListener Listen(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        return listener;
    }
}
