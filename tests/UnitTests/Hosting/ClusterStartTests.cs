using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using RedisCluster.Hosting.Machine;
using Xunit;

namespace UnitTests.Hosting;

/// <summary>What happens between the model and the first resource: the machine is asked, nodes are settled, bad starts are refused.</summary>
public sealed class ClusterStartTests
{
    // The engine answers and has no image; what it is asked beyond that is in the script.
    private const string WithoutImage = """
        case "$1" in
            --version) echo "Docker version 28.2.2, build e6534b4" ;;
            image) echo "Error response from daemon: No such image: $5" >&2; exit 1 ;;
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Container", 0)]
    [InlineData("Process", 0)]
    [InlineData("Auto", 2)]
    public void BuildingTheModelAsksAtMostWhetherAnEngineAnswersAndWritesNothing(string runtime, int questions)
    {
        using var application = new TestApplication($"RedisCluster:Runtime={runtime}");
        application.UseEngine("exit 0");

        var cluster = application.Builder.AddRedisCluster("redis").WithNodeConfigs("nowhere").WithDataVolumes().Resource;

        Assert.Equal(["--version", "image inspect --format {{.Id}} docker.io/library/redis:8.6"], [.. FakeEngine.Questions(application.Folder).Order().Concat(questions == 0 ? ["--version", "image inspect --format {{.Id}} docker.io/library/redis:8.6"] : [])]);
        Assert.False(Directory.Exists(DataFolder.Kept(cluster).Path));
    }

    // The promise of Auto: an engine without the image does not stop a machine that can run processes.
    [Fact]
    public async Task ProcessesTakeTheNodesPlacesWhenTheImageCannotBePulled()
    {
        using var application = new TestApplication(FreePort());
        application.UseEngine(WithoutImage + "pull) echo 'no such host' >&2; exit 1 ;; esac");
        application.Builder.Configuration["RedisCluster:ServerPath"] = application.UseServer();
        var cluster = application.Builder.AddRedisCluster("redis").WithDataVolumes("hosting-start-tests").Resource;
        Assert.All(cluster.Nodes, node => Assert.IsType<RedisClusterNodeContainer>(node));

        await using var prepared = await application.PrepareAsync();

        Assert.Equal(["redis-node-1", "redis-node-2", "redis-node-3", "redis-node-4", "redis-node-5", "redis-node-6"], cluster.Nodes.Select(node => node.Name));
        Assert.All(cluster.Nodes, node => Assert.Equal(Path.Combine(application.Folder, "redis-server"), Assert.IsType<RedisClusterNodeProcess>(node).Command));
        Assert.Equal(cluster.Nodes, prepared.Services.GetRequiredService<DistributedApplicationModel>().Resources.OfType<IRedisClusterNode>());
        Assert.Equal(DataFolder.Kept(cluster).Of(1), ((RedisClusterNodeProcess)cluster.Nodes[0]).WorkingDirectory);
        Assert.Equal(cluster.Nodes.Select(node => node.Name), HealthChecks(prepared));
    }

    // Who names an image means it.
    [Fact]
    public async Task NamedImageThatCannotBePulledIsRefused()
    {
        using var application = new TestApplication("RedisCluster:Image=nosuch:1");
        var engine = application.UseEngine(WithoutImage + "pull) echo 'no such host' >&2; exit 1 ;; esac");
        application.Builder.AddRedisCluster("redis");

        Assert.Equal(
            [$"RedisCluster:Image is 'nosuch:1', which {engine} does not have and cannot pull: no such host. Correct the name, or try '{engine} pull nosuch:1' by hand."],
            await application.RefusedAsync());
    }

    [Fact]
    public async Task PullEndsWithTheApplication()
    {
        using var application = new TestApplication("RedisCluster:Runtime=Container");
        application.UseEngine(WithoutImage + "pull) echo pulling; exec sleep 60 ;; esac");
        application.Builder.AddRedisCluster("redis");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var start = application.PrepareAsync(stop.Token);
        while (!start.IsCompleted && !FakeEngine.Questions(application.Folder).Any(question => question.StartsWith("pull", StringComparison.Ordinal)))
        {
            await Task.Delay(20, Token);
        }

        var stopped = Stopwatch.GetTimestamp();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start);
        Assert.True(Stopwatch.GetElapsedTime(stopped) < TimeSpan.FromSeconds(20), "Expected the pull to be ended.");
    }

    // No answer is not "there are none": nodes that hold the only copy of keys would stay away.
    [Theory]
    [InlineData("volume ls", "volume ls --quiet --filter name=redis-data-")]
    [InlineData("ps --filter", "ps --filter volume=redis-data-1 --filter volume=redis-data-2 --filter volume=redis-data-3 --filter volume=redis-data-4 --filter volume=redis-data-5 --filter volume=redis-data-6 --format {{.Names}}")]
    public async Task EngineThatDoesNotAnswerAQuestionStopsTheStart(string failing, string question)
    {
        using var application = new TestApplication("RedisCluster:Runtime=Container", "RedisCluster:DataVolumeName=redis-data", FreePort());
        application.UseEngine($"case \"$1 $2\" in '{failing}') echo 'the daemon is tired.' >&2; exit 1 ;; esac");
        application.Builder.AddRedisCluster("redis").WithDataVolumes();

        Assert.Equal(
            [$"'engine {question}' failed: the daemon is tired. Without its answer data could be lost; make that command work, or set RedisCluster:Runtime to Process."],
            await application.RefusedAsync());
    }

    [Fact]
    public async Task VolumeOfAnEarlierShapeBecomesALeavingNode()
    {
        using var application = new TestApplication("RedisCluster:Runtime=Container", "RedisCluster:DataVolumeName=redis-data", FreePort());
        application.UseEngine("case \"$1 $2\" in 'volume ls') echo redis-data-8; echo redis-data-2; echo redis-data-old ;; esac");
        var cluster = application.Builder.AddRedisCluster("redis").WithDataVolumes().Resource;

        await using var prepared = await application.PrepareAsync();

        Assert.Equal([1, 2, 3, 4, 5, 6, 8], cluster.Nodes.Select(node => node.Number));
        Assert.Equal([8], cluster.Nodes.Where(node => node.Setup.IsLeaving).Select(node => node.Number));
        Assert.Contains(cluster.Nodes[6].Annotations.OfType<ContainerMountAnnotation>(), mount => mount.Source == "redis-data-8");
        Assert.Equal(cluster.Nodes.Select(node => node.Name), HealthChecks(prepared));
        Assert.DoesNotContain(".redis-node-8.", cluster.ConnectionStringExpression.ValueExpression, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutDataVolumesNoNodeComesBack()
    {
        using var application = new TestApplication("RedisCluster:Runtime=Container", "RedisCluster:DataVolumeName=redis-data", FreePort());
        application.UseEngine("case \"$1 $2\" in 'volume ls') echo redis-data-8 ;; esac");
        var cluster = application.Builder.AddRedisCluster("redis").Resource;

        await using var prepared = await application.PrepareAsync();

        Assert.Equal(6, cluster.Nodes.Count);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("a,b", "contains a comma (,)")]
    [InlineData("a\nport 1", "contains a line break")]
    [InlineData(" a", "begins or ends with a blank")]
    public async Task PasswordThatAConnectionStringCannotHoldIsRefused(string password, string found)
    {
        using var application = new TestApplication("RedisCluster:Runtime=Container", FreePort());
        application.UseEngine("exit 0");
        application.Builder.AddRedisCluster("redis", application.Builder.AddParameter("secret-of-redis", password, secret: true));

        Assert.Equal(
            [$"The parameter secret-of-redis {found}; expected a password without commas, line breaks and blanks at its ends, because connection strings cannot hold these. Change Parameters:secret-of-redis."],
            await application.RefusedAsync());
    }

    [Fact]
    public async Task EveryWrongSettingIsListedAndTheMachineIsNotAsked()
    {
        using var application = new TestApplication("RedisCluster:Shards=2", "RedisCluster:NodeTimeout=soon", "RedisCluster:Image=Redis:", "RedisCluster:Runtime=Container", "Parameters:redis-password=a,b");
        application.UseEngine("exit 0");
        application.Builder.AddRedisCluster("redis");

        Assert.Equal(
            ["RedisCluster:NodeTimeout is 'soon'", "RedisCluster:Shards is 2", "RedisCluster:Image is 'Redis:'", "The parameter redis-password contains a comma (,)"],
            (await application.RefusedAsync()).Select(problem => problem.Split(';')[0]));
        Assert.Empty(FakeEngine.Questions(application.Folder));
    }

    [Fact]
    public async Task WrongValuesOfVerbsAreListedWithTheVerb()
    {
        using var application = new TestApplication("RedisCluster:Runtime=Container");
        application.UseEngine("exit 0");
        application.Builder.AddRedisCluster("redis").WithShards(2).WithReplicas(6).WithHostPort(80).WithImage("Redis:");

        Assert.Equal(["WithShards is 2", "WithReplicas is 6", "WithHostPort is 80", "WithImage is 'Redis:'"], (await application.RefusedAsync()).Select(problem => problem.Split(';')[0]));
    }

    [Fact]
    public async Task AddressOfAnExistingClusterWithoutPortIsRefused()
    {
        using var application = new TestApplication();
        application.Builder.AddRedisCluster("redis").AsExisting("redis.example.com:6379", "redis.example.com");

        Assert.Equal(["AsExisting names 'redis.example.com'; expected host:port, such as redis.example.com:6379."], await application.RefusedAsync());
    }

    // Each run has other ports, which no other isolated run gets meanwhile.
    [Fact]
    public async Task IsolatedRunTakesAFreeBlockOfPorts()
    {
        using var first = new TestApplication("DcpPublisher:RandomizePorts=true", "RedisCluster:Runtime=Container");
        using var second = new TestApplication("DcpPublisher:RandomizePorts=true", "RedisCluster:Runtime=Container");
        var ports = new List<int>();
        foreach (var application in (TestApplication[])[first, second])
        {
            application.UseEngine("exit 0");
            var cluster = application.Builder.AddRedisCluster("redis").WithHostPort(7301).Resource;
            await using var prepared = await application.PrepareAsync();
            ports.AddRange(cluster.Nodes.Select(node => node.Port));
            Assert.Equal(Enumerable.Range(cluster.Nodes[0].Port, 6), cluster.Nodes.Select(node => node.Port));
        }

        Assert.Equal(12, ports.Distinct().Count());
        Assert.DoesNotContain(7301, ports);
    }

    [Fact]
    public async Task PortThatIsTakenIsRefusedWithItsOwner()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "others are told how to find the owner");
        using var application = new TestApplication("RedisCluster:Runtime=Container");
        application.UseEngine("exit 0");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        application.Builder.AddRedisCluster("redis").WithHostPort(port);
        var own = $"{File.ReadAllText("/proc/self/comm").Trim()} (process {Environment.ProcessId})";

        Assert.StartsWith($"Port {port} (redis-node-1) is in use by {own}. ", (await application.RefusedAsync())[0], StringComparison.Ordinal);
    }

    // What a node mounts lies on the developer's machine.
    [Fact]
    public async Task PublishingIsRefusedAndTheModelHasNothingToPublish()
    {
        using var application = new TestApplication("--operation", "publish");
        var cluster = application.Builder.AddRedisCluster("redis").WithNodeConfigs("nodes").WithDataVolumes().Resource;
        Assert.Empty(cluster.Nodes);
        await using var built = application.Builder.Build();

        var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(() => built.StartAsync(Token));

        Assert.Equal(
            "The Redis Cluster 'redis' cannot be published, because it has no published form yet: add it only when ExecutionContext.IsRunMode, and name a cluster that exists with AddConnectionString(\"redis\") otherwise.",
            refusal.Message);
    }

    private static IEnumerable<string> HealthChecks(DistributedApplication application) =>
        application.Services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations
            .Select(check => check.Name).Where(name => name.StartsWith("redis-node-", StringComparison.Ordinal)).Order();

    // Others may run the application on its own ports beside this test.
    private static string FreePort() => $"RedisCluster:FirstPort={20_000 + (Environment.ProcessId % 20_000)}";
}
