using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using RedisCluster.Hosting.Machine;
using Xunit;

namespace UnitTests.Hosting;

/// <summary>What AddRedisCluster puts into the application's model.</summary>
public sealed class ClusterModelTests : ModelTest
{
    private const string Digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Fact]
    public void SixNodesAreNamedAfterTheClusterAndNumbered()
    {
        var cluster = Containers().Resource;

        Assert.Equal([("redis-node-1", 1, 7001), ("redis-node-2", 2, 7002), ("redis-node-3", 3, 7003), ("redis-node-4", 4, 7004), ("redis-node-5", 5, 7005), ("redis-node-6", 6, 7006)],
            cluster.Nodes.Select(node => (node.Name, node.Number, node.Port)));
        Assert.All(cluster.Nodes, node => Assert.Same(cluster, node.Cluster));
    }

    [Fact]
    public void NodesAreContainersOrProcesses()
    {
        Assert.All(Containers().Resource.Nodes, node => Assert.IsType<RedisClusterNodeContainer>(node));
        Assert.All(Processes().Resource.Nodes, node => Assert.IsType<RedisClusterNodeProcess>(node));
    }

    [Fact]
    public void ShapeAndPortsComeFromTheSection()
    {
        var cluster = Containers("RedisCluster:Shards=4", "RedisCluster:ReplicasPerShard=0", "RedisCluster:FirstPort=7101").Resource;

        Assert.Equal([7101, 7102, 7103, 7104], cluster.Nodes.Select(node => node.Port));
        Assert.Equal((4, 0), (cluster.Shards, cluster.ReplicasPerShard));
    }

    // Clients are sent to the port that the node listens on.
    [Theory]
    [InlineData("Container")]
    [InlineData("Process")]
    public void NodeHasOneEndpointOnTheSamePortInsideAndOutside(string runtime)
    {
        var endpoint = Assert.Single(Cluster($"RedisCluster:Runtime={runtime}").Resource.Nodes[2].Annotations.OfType<EndpointAnnotation>());

        Assert.Equal(("redis", "redis", 7003, 7003, false, false), (endpoint.Name, endpoint.UriScheme, endpoint.Port, endpoint.TargetPort, endpoint.IsProxied, endpoint.IsExternal));
    }

    [Theory]
    [InlineData(null, "docker.io/library/redis", "8.6", null)]
    [InlineData("redis-local", "redis-local", "latest", null)]
    [InlineData("localhost:5000/redis:8.6", "localhost:5000/redis", "8.6", null)]
    [InlineData($"ghcr.io/a/redis@sha256:{Digest}", "ghcr.io/a/redis", null, Digest)]
    public void ContainerHasTheImageOfTheSettings(string? setting, string image, string? tag, string? digest)
    {
        var annotation = Assert.Single(Containers($"RedisCluster:Image={setting}").Resource.Nodes[0].Annotations.OfType<ContainerImageAnnotation>());

        Assert.Equal((image, tag, digest), (annotation.Image, annotation.Tag, annotation.SHA256));
    }

    [Fact]
    public async Task ContainerReadsItsConfigAndItsPasswordFromMountedFiles()
    {
        var node = Containers().Resource.Nodes[0];
        var mount = Assert.Single(node.Annotations.OfType<ContainerMountAnnotation>());

        Assert.Equal((ContainerFiles.Of(node.Setup).Path, "/run/redis-cluster", ContainerMountType.BindMount, true), (mount.Source, mount.Target, mount.Type, mount.IsReadOnly));
        Assert.Equal(["redis-server", "/run/redis-cluster/redis.conf", "--include", "/run/redis-cluster/auth.conf"], await TestApplication.ArgumentsAsync(node));
    }

    // The engine would copy an archive into each before it starts, twice.
    [Fact]
    public void ContainerGetsNoCertificatesOfTheDeveloper()
    {
        var node = Containers().Resource.Nodes[0];

        Assert.Equal(CertificateTrustScope.None, Assert.Single(node.Annotations.OfType<CertificateAuthorityCollectionAnnotation>()).Scope);
#pragma warning disable ASPIRECERTIFICATES001
        Assert.Equal((null, false), Assert.Single(node.Annotations.OfType<HttpsCertificateAnnotation>()) is var https ? (https.Certificate, https.UseDeveloperCertificate) : default);
#pragma warning restore ASPIRECERTIFICATES001
    }

    [Fact]
    public async Task ProcessWorksInItsFolderAndListensOnLoopbackOnly()
    {
        var node = (RedisClusterNodeProcess)Processes().Resource.Nodes[1];
        var folder = DataFolder.Of(node.Cluster);

        Assert.True(folder.IsTemporary);
        Assert.Equal(folder.Of(2), node.WorkingDirectory);
        Assert.Equal(
            [Path.Combine(folder.Of(2), "redis.conf"), "--bind", "127.0.0.1", "--save", "", "--port", "7002", "--cluster-node-timeout", "5000", "--include", Path.Combine(folder.Of(2), "auth.conf")],
            await TestApplication.ArgumentsAsync(node));
    }

    // argv and environment show in ps, in docker inspect and in the dashboard.
    [Theory]
    [InlineData("Container")]
    [InlineData("Process")]
    public async Task PasswordIsNeitherAnArgumentNorAnEnvironmentVariableOfANode(string runtime)
    {
        foreach (var node in Cluster($"RedisCluster:Runtime={runtime}").Resource.Nodes)
        {
            Assert.DoesNotContain(await TestApplication.ArgumentsAsync(node), argument => argument.Contains(TestApplication.Password, StringComparison.Ordinal));
            Assert.Empty(node.Annotations.OfType<EnvironmentCallbackAnnotation>());
        }
    }

    [Fact]
    public async Task NodeTimeoutOfTheSettingsWinsOverTheConfig() =>
        Assert.Equal(["--cluster-node-timeout", "2000"], (await TestApplication.ArgumentsAsync(Containers("RedisCluster:NodeTimeout=00:00:02").Resource.Nodes[0])).Skip(2).Take(2));

    // Not IResourceWithParent: nodes would inherit the health checks of the cluster and wait for it.
    [Fact]
    public void NodeIsNestedBelowTheClusterAndNotItsChild()
    {
        var cluster = Containers().Resource;
        var relationship = Assert.Single(cluster.Nodes[0].Annotations.OfType<ResourceRelationshipAnnotation>());

        Assert.Equal((cluster, "Parent"), (relationship.Resource, relationship.Type));
        Assert.IsNotAssignableFrom<IResourceWithParent>(cluster.Nodes[0]);
    }

    [Fact]
    public void NodesAndClusterHaveAHealthCheckEach()
    {
        var application = Application("RedisCluster:Runtime=Container");
        var cluster = application.Builder.AddRedisCluster("redis").Resource;
        using var built = application.Builder.Build();
        var registered = built.Services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations.Select(check => check.Name).ToList();

        Assert.Equal(["redis-cluster"], cluster.Annotations.OfType<HealthCheckAnnotation>().Select(check => check.Key));
        Assert.All(cluster.Nodes, node => Assert.Equal([node.Name], node.Annotations.OfType<HealthCheckAnnotation>().Select(check => check.Key)));
        Assert.Equal(["redis-cluster", .. cluster.Nodes.Select(node => node.Name)], registered.Where(name => name.StartsWith("redis", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public void NodeCanFailOverAndCrash() =>
        Assert.Equal(["failover", "crash"], Containers().Resource.Nodes[0].Annotations.OfType<ResourceCommandAnnotation>().Select(command => command.Name));

    [Fact]
    public void ClusterShowsItsTopologyFindsKeysAndRunsItsInitializer() =>
        Assert.Equal(["topology", "find-key", "run-initializer"], Containers().Resource.Annotations.OfType<ResourceCommandAnnotation>().Select(command => command.Name));

    [Fact]
    public void ClusterIsNotStartedAndNamesItsShapeBeforeTheStart()
    {
        var snapshot = Assert.Single(Containers().Resource.Annotations.OfType<ResourceSnapshotAnnotation>()).InitialSnapshot;

        Assert.Equal(("RedisCluster", "NotStarted"), (snapshot.ResourceType, snapshot.State?.Text));
        Assert.Equal("3 shards, 1 replicas each", Assert.Single(snapshot.Properties).Value);
    }

    [Fact]
    public async Task ConnectionStringNamesEveryNodeAsItIsAnnounced()
    {
        var cluster = TestApplication.Allocated(Containers().Resource);

        Assert.Equal(
            $"localhost:7001,localhost:7002,localhost:7003,localhost:7004,localhost:7005,localhost:7006,password={TestApplication.Password},abortConnect=false",
            await cluster.ConnectionStringExpression.GetValueAsync(TestApplication.Token));
    }

    [Fact]
    public async Task ConnectionPropertiesAreThoseOfAspiresRedisWithNodesAndAddresses()
    {
        const string Nodes = "localhost:7001,localhost:7002,localhost:7003,localhost:7004,localhost:7005,localhost:7006";
        IResourceWithConnectionString cluster = TestApplication.Allocated(Containers().Resource);
        var values = new List<string?>();
        foreach (var property in cluster.GetConnectionProperties())
        {
            values.Add($"{property.Key}={await property.Value.GetValueAsync(TestApplication.Token)}");
        }

        Assert.Equal(["Host=localhost", "Port=7001", $"Password={TestApplication.Password}", $"Uri=redis://:{TestApplication.Password}@localhost:7001", $"Nodes={Nodes}", "AddressMap=" + string.Join(',', Nodes.Split(',').Select(node => $"{node}={node}"))],
            values);
    }

    [Fact]
    public void PasswordIsGeneratedAndSecretOrTheOneThatIsGiven()
    {
        var application = Application("RedisCluster:Runtime=Container");
        var given = application.Builder.AddParameter("given", "secret-value", secret: true);

        Assert.Same(given.Resource, application.Builder.AddRedisCluster("other", given).Resource.PasswordParameter);
        Assert.Equal(("redis-password", true), (Containers().Resource.PasswordParameter!.Name, Containers().Resource.PasswordParameter!.Secret));
    }

    [Fact]
    public async Task ConfigFilesAreMountedReadOnlyAndOfFurtherNodesOnlyThoseThatExist()
    {
        var application = Application("RedisCluster:Runtime=Container", "RedisCluster:Shards=4");
        foreach (var number in Enumerable.Range(1, 7).Where(number => number != 3))
        {
            Directory.CreateDirectory(Path.Combine(application.Folder, $"node-{number}"));
            File.Copy(Path.Combine(Repository.Root, "AppHost", "nodes", "node-1", "redis.conf"), Path.Combine(application.Folder, $"node-{number}", "redis.conf"));
        }

        application.UseEngine("exit 0");
        var cluster = application.Builder.AddRedisCluster("redis").WithNodeConfigs(application.Folder).Resource;

        Assert.Equal((Path.Combine(application.Folder, "node-2", "redis.conf"), true), ConfigMount(cluster.Nodes[1]));
        Assert.Equal("/usr/local/etc/redis/redis.conf", (await TestApplication.ArgumentsAsync(cluster.Nodes[1]))[1]);
        Assert.Equal((Path.Combine(application.Folder, "node-3", "redis.conf"), true), ConfigMount(cluster.Nodes[2]));
        Assert.Null(ConfigMount(cluster.Nodes[6]));

        var problems = await application.RefusedAsync();

        Assert.Contains(problems, problem => problem.StartsWith("The config file of redis-node-3 is missing: ", StringComparison.Ordinal));
        Assert.Equal((Path.Combine(application.Folder, "node-7", "redis.conf"), true), ConfigMount(cluster.Nodes[6]));
        Assert.Null(ConfigMount(cluster.Nodes[7]));
        Assert.Equal("/run/redis-cluster/redis.conf", (await TestApplication.ArgumentsAsync(cluster.Nodes[7]))[1]);
    }

    [Fact]
    public void AppHostFormsTheClusterInAStepBelowItThatCanRunAgain()
    {
        var cluster = Containers();
        var step = Assert.Single(cluster.ApplicationBuilder.Resources.OfType<RedisClusterInitializerResource>());

        Assert.Same(step, cluster.Resource.Initializer);
        Assert.Equal("redis-initializer", step.Name);
        Assert.Contains(step.Annotations.OfType<ResourceRelationshipAnnotation>(), relationship => relationship.Resource == cluster.Resource && relationship.Type == "Parent");
        Assert.Equal(KnownResourceCommands.StartCommand, Assert.Single(step.Annotations.OfType<ResourceCommandAnnotation>()).Name);
        Assert.Single(step.Annotations.OfType<OtlpExporterAnnotation>());
        Assert.Equal("NotStarted", Assert.Single(step.Annotations.OfType<ResourceSnapshotAnnotation>()).InitialSnapshot.State?.Text);
    }

    [Fact]
    public void ProjectThatIsNamedForItTakesThePlaceOfTheStep()
    {
        var builder = Containers().WithInitializer<InitializerProject>("initializer");
        var cluster = builder.Resource;

        Assert.Equal("initializer", Assert.IsType<ProjectResource>(cluster.Initializer).Name);
        Assert.Contains(cluster.Initializer.Annotations.OfType<ResourceRelationshipAnnotation>(), relationship => relationship.Resource == cluster && relationship.Type == "Parent");
        Assert.Empty(builder.ApplicationBuilder.Resources.OfType<RedisClusterInitializerResource>());
    }

    [Fact]
    public void NothingIsTakenForAnArgument()
    {
        var cluster = Containers();

        Assert.Throws<ArgumentNullException>("builder", () => RedisClusterBuilderExtensions.AddRedisCluster(null!, "redis"));
        Assert.Throws<ArgumentNullException>("name", () => cluster.ApplicationBuilder.AddRedisCluster(null!));
        Assert.Throws<ArgumentNullException>("builder", () => RedisClusterBuilderExtensions.WithNodeConfigs(null!, "nodes"));
        Assert.Throws<ArgumentNullException>("folder", () => cluster.WithNodeConfigs(null!));
        Assert.Throws<ArgumentNullException>("builder", () => RedisClusterBuilderExtensions.WithShards(null!, 3));
        Assert.Throws<ArgumentNullException>("password", () => cluster.WithPassword(null!));
        Assert.Throws<ArgumentNullException>("image", () => cluster.WithImage(null!));
        Assert.Throws<ArgumentNullException>("tag", () => cluster.WithImageTag(null!));
        Assert.Throws<ArgumentNullException>("source", () => cluster.WithDataBindMount(null!));
        Assert.Throws<ArgumentOutOfRangeException>("nodes", () => cluster.AsExisting());
        Assert.Throws<ArgumentNullException>("builder", () => RedisClusterBuilderExtensions.WithDataVolumes(null!));
        Assert.Throws<ArgumentNullException>("builder", () => RedisClusterBuilderExtensions.WithInitializer<InitializerProject>(null!, "initializer"));
        Assert.Throws<ArgumentNullException>("name", () => cluster.WithInitializer<InitializerProject>(null!));
    }

    private static (string?, bool)? ConfigMount(IRedisClusterNode node) =>
        node.Annotations.OfType<ContainerMountAnnotation>().Where(mount => mount.Target == "/usr/local/etc/redis/redis.conf").Select(mount => ((string?, bool)?)(mount.Source, mount.IsReadOnly)).SingleOrDefault();
}
