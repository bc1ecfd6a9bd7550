using System.Net;
using System.Net.Sockets;
using EndToEndTests.App;
using Xunit;

namespace EndToEndTests;

/// <summary>Starts that cannot go well: each says soon what is wrong and what to do, and leaves nothing half-started.</summary>
public sealed class RefusedStartTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BusyNodePortIsNamedWithItsNodeAndTheSetting()
    {
        var settings = new AppHostSettings(NodeForm.Process);
        using var listener = new TcpListener(IPAddress.Loopback, settings.FirstPort + 2);
        listener.Start();
        await Refusal.OfAsync(settings, [$"{settings.FirstPort + 2}", "redis-node-3", "RedisCluster:FirstPort"], Token);
    }

    [Fact]
    public async Task BusyBusPortIsNamedWithItsNode()
    {
        var settings = new AppHostSettings(NodeForm.Process);
        using var listener = new TcpListener(IPAddress.Loopback, settings.FirstPort + 10001);
        listener.Start();
        await Refusal.OfAsync(settings, [$"{settings.FirstPort + 10001}", "redis-node-2"], Token);
    }

    [Fact]
    public async Task BusyPortOfTheApiIsNamedWithItsResource()
    {
        var settings = new AppHostSettings(NodeForm.Process);
        using var listener = new TcpListener(IPAddress.Loopback, settings.ApiPort);
        listener.Start();
        await Refusal.OfAsync(settings, [$"{settings.ApiPort}", "sample-api", "in use by"], Token);
    }

    [Fact]
    public Task PortBeyondTheLastOneIsRefused() => Refusal.OfAsync(With("RedisCluster__FirstPort", "70000"), ["FirstPort", "70000"], Token);

    [Fact]
    public Task TwoShardsAreRefused() => Refusal.OfAsync(With("RedisCluster__Shards", "2"), ["Shards", "2", "3"], Token);

    [Fact]
    public Task EveryWrongSettingIsListedAtOnce()
        => Refusal.OfAsync(With("RedisCluster__Shards", "2", "RedisCluster__FirstPort", "70000"), ["Shards", "FirstPort"], Token);

    [Fact]
    public async Task MissingConfigFileIsNamed()
    {
        var file = Path.Combine(Repository.Root, "AppHost", "nodes", "node-3", "redis.conf");
        var aside = file + ".aside";
        File.Move(file, aside);
        try
        {
            await Refusal.OfAsync(With(), ["redis-node-3", Path.Combine("node-3", "redis.conf")], Token);
        }
        finally
        {
            File.Move(aside, file);
        }
    }

    [Fact]
    public Task MissingServerPathIsNamed()
        => Refusal.OfAsync(With("RedisCluster__ServerPath", "/nowhere/redis-server"), ["ServerPath", "/nowhere/redis-server"], Token);

    [Fact]
    public Task ContainerFormWithoutAnEngineIsRefused()
    {
        var settings = With("RedisCluster__Runtime", "Container", "DOCKER_HOST", "unix:///nowhere/docker.sock");
        return Refusal.OfAsync(settings, ["Container", "docker", "RedisCluster:Runtime"], Token);
    }

    [Fact]
    public async Task HttpsWithoutDevelopmentCertificateIsRefused()
    {
        using var home = new Home();
        var settings = With([.. home.Environment.SelectMany(variable => new[] { variable.Key, variable.Value }), "ASPNETCORE_URLS", $"https://localhost:{FreePorts.One()}"]);
        await Refusal.OfAsync(settings, ["https", "dotnet dev-certs https --trust", "--launch-profile http"], Token);
    }

    [Fact]
    [Trait("Form", nameof(NodeForm.Container))]
    public Task AbsentImageIsRefused()
    {
        const string absent = "redis-cluster-aspire/absent:none";
        return Refusal.OfAsync(new AppHostSettings(NodeForm.Container) { Image = absent }, [absent, "RedisCluster:Image"], Token);
    }

    private static AppHostSettings With(params string[] namesAndValues) => new(NodeForm.Process)
    {
        Further = namesAndValues.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]),
    };
}
