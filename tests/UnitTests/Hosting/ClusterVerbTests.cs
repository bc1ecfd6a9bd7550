using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using RedisCluster.Hosting.Machine;
using Xunit;

namespace UnitTests.Hosting;

/// <summary>What the verbs of the builder say of a cluster, beside configuration.</summary>
public sealed class ClusterVerbTests : ModelTest
{
    [Fact]
    public void ConfigurationWinsOverTheVerbs()
    {
        var cluster = Containers("RedisCluster:redis:Shards=4").WithShards(5).WithReplicas(2).WithNodeTimeout(TimeSpan.FromSeconds(2)).WithHostPort(7301).RunAsProcesses("/opt/redis-server").Resource;

        Assert.Equal((4, 2, 12, TimeSpan.FromSeconds(2)), (cluster.Shards, cluster.ReplicasPerShard, cluster.Nodes.Count, cluster.Options.NodeTimeout));
        Assert.All(cluster.Nodes, node => Assert.IsType<RedisClusterNodeContainer>(node));
        Assert.Equal((7301, 7312), (cluster.Nodes[0].Port, cluster.Nodes[11].Port));
        Assert.Equal("4 shards, 2 replicas each", Assert.Single(Assert.Single(cluster.Annotations.OfType<ResourceSnapshotAnnotation>()).InitialSnapshot.Properties).Value);
    }

    [Theory]
    [InlineData("named", null, "named-2")]
    [InlineData(null, "configured", "configured-2")]
    [InlineData("named", "configured", "configured-2")]
    public async Task DataOfContainersAreInVolumes(string? prefix, string? configured, string volume)
    {
        var node = Containers($"RedisCluster:DataVolumeName={configured}").WithDataVolumes(prefix).Resource.Nodes[1];
        var mount = Assert.Single(node.Annotations.OfType<ContainerMountAnnotation>(), mount => mount.Type == ContainerMountType.Volume);

        Assert.Equal((volume, "/data", false), (mount.Source, mount.Target, mount.IsReadOnly));
        Assert.Equal(["--dir", "/data"], (await TestApplication.ArgumentsAsync(node)).Skip(2).Take(2));
    }

    // Two clones, or two AppHosts, do not share data.
    [Fact]
    public void VolumesAreNamedAfterTheAppHostAndTheClusterUnlessTheyAreNamed()
    {
        var cluster = Containers().WithDataVolumes().Resource;

        Assert.Matches("-[0-9a-f]{10}-redis-data-2$", Assert.Single(cluster.Nodes[1].Annotations.OfType<ContainerMountAnnotation>(), mount => mount.Type == ContainerMountType.Volume).Source!);
    }

    [Theory]
    [InlineData("Container")]
    [InlineData("Process")]
    public async Task DataCanBeInFoldersOfOnesOwnInBothForms(string runtime)
    {
        var node = Cluster($"RedisCluster:Runtime={runtime}").WithDataBindMount("here").Resource.Nodes[1];
        var folder = Path.Combine(node.Cluster.Setup.AppHostDirectory, "here", "node-2");

        Assert.Equal(folder, node is RedisClusterNodeProcess process ? process.WorkingDirectory : Assert.Single(node.Annotations.OfType<ContainerMountAnnotation>(), mount => mount.Target == "/data").Source);
        Assert.Equal(node is RedisClusterNodeContainer, (await TestApplication.ArgumentsAsync(node)).Contains("--dir"));
    }

    // aspire start --isolated, and the testing builder, which may run beside an ordinary run.
    [Theory]
    [InlineData("RedisCluster:Shards=3", false)]
    [InlineData("RedisCluster:DataVolumes=true", true)]
    [InlineData("RedisCluster:DataVolumeName=mine", true)]
    public void IsolatedRunKeepsNothingUnlessConfigurationSaysSo(string setting, bool isKept)
    {
        var setup = Containers("DcpPublisher:RandomizePorts=true", setting).WithDataVolumes().WithLifetime(ContainerLifetime.Persistent).Resource.Setup;

        Assert.Equal((isKept, false), (setup.KeepsData, setup.OutlivesAppHost));
    }

    [Theory]
    [InlineData("RedisCluster:Shards=3", true)]
    [InlineData("RedisCluster:FirstPort=7201", false)]
    [InlineData("RedisCluster:redis:FirstPort=7201", false)]
    public void IsolatedRunTakesFreePortsUnlessConfigurationNamesThem(string setting, bool isFree) =>
        Assert.Equal(isFree, Containers("DcpPublisher:RandomizePorts=true", setting).WithHostPort(7301).Resource.Setup.TakesFreePorts);

    [Fact]
    public void ClustersOfOneAppHostHavePortsAndVolumesOfTheirOwn()
    {
        string[] names = ["redis", "second", "fixed", "fourth"];
        var builder = Application("RedisCluster:Runtime=Container", "RedisCluster:fixed:FirstPort=7501").Builder;

        Assert.Equal([7001, 7101, 7501, 7301], names.Select(name => builder.AddRedisCluster(name).WithDataVolumes().Resource.Nodes[0].Port));
        var volumes = builder.Resources.SelectMany(resource => resource.Annotations.OfType<ContainerMountAnnotation>()).Where(mount => mount.Type == ContainerMountType.Volume).Select(mount => mount.Source).ToList();
        Assert.Equal((24, 24), (volumes.Count, volumes.Distinct().Count()));
    }

    [Theory]
    [InlineData("Container")]
    [InlineData("Process")]
    public void NodesCanOutliveTheAppHost(string runtime)
    {
        var cluster = Cluster($"RedisCluster:Runtime={runtime}").WithLifetime(ContainerLifetime.Persistent).Resource;

        Assert.All(cluster.Nodes, node => Assert.True(IsPersistent(node)));
        Assert.False(DataFolder.Of(cluster).IsTemporary);
        Assert.All(Cluster($"RedisCluster:Runtime={runtime}").Resource.Nodes, node => Assert.False(IsPersistent(node)));
    }

    [Theory]
    [InlineData("valkey/valkey", "8.1", "docker.io/valkey/valkey:8.1", "localhost:5000/team/redis:7.2")]
    public void ImageAndTagCanBeSaidInCode(string image, string tag, string expected, string ofAnotherRegistry)
    {
        Assert.Equal($"{image}:{tag}", Containers().WithImage(image, tag).Resource.Options.Image);
        Assert.Equal("docker.io/library/redis:8.1", Containers().WithImageTag(tag).Resource.Options.Image);
        Assert.Equal(ofAnotherRegistry, Containers().WithImage("localhost:5000/team/redis").WithImageTag("7.2").Resource.Options.Image);
        Assert.Equal(expected, Application("RedisCluster:Runtime=Container").Builder.AddValkeyCluster("redis").WithImageTag(tag).Resource.Options.Image);
    }

    [Fact]
    public async Task ValkeyClusterRunsTheProgramOfItsImage()
    {
        var node = Application("RedisCluster:Runtime=Container").Builder.AddValkeyCluster("redis").Resource.Nodes[0];

        Assert.Equal("valkey-server", (await TestApplication.ArgumentsAsync(node))[0]);
        Assert.Equal("docker.io/valkey/valkey", Assert.Single(node.Annotations.OfType<ContainerImageAnnotation>()).Image);
    }

    [Fact]
    public void PasswordThatIsGivenTakesThePlaceOfTheGeneratedOne()
    {
        var builder = Application("RedisCluster:Runtime=Container").Builder;
        var given = builder.AddParameter("given", "secret-value", secret: true);

        Assert.Same(given.Resource, builder.AddRedisCluster("redis").WithPassword(given).Resource.PasswordParameter);
        Assert.Equal([given.Resource], builder.Resources.OfType<ParameterResource>());
    }

    [Fact]
    public async Task ExistingClusterIsUsedAndNotStarted()
    {
        var builder = Application().Builder;
        var cluster = builder.AddRedisCluster("redis").AsExisting("one.example.com:6379", "two.example.com:6380").Resource;

        Assert.All(cluster.Nodes, node => Assert.IsType<RedisClusterNodeExternal>(node));
        Assert.Equal("one.example.com:6379,two.example.com:6380,abortConnect=false", await cluster.ConnectionStringExpression.GetValueAsync(TestApplication.Token));
        Assert.Null(cluster.Initializer);
        Assert.DoesNotContain(builder.Resources, resource => resource is ParameterResource or RedisClusterInitializerResource);
        var secret = builder.AddParameter("given", "secret-value", secret: true);
        Assert.Equal(
            "one.example.com:6379,password=secret-value,abortConnect=false",
            await builder.AddRedisCluster("other").WithPassword(secret).AsExisting("one.example.com:6379").Resource.ConnectionStringExpression.GetValueAsync(TestApplication.Token));
    }

    [Fact]
    public void DataOfProcessesAreInAFolderOfThisAppHost()
    {
        var node = (RedisClusterNodeProcess)Processes().WithDataVolumes().Resource.Nodes[1];

        Assert.False(DataFolder.Of(node.Cluster).IsTemporary);
        Assert.Equal(DataFolder.Kept(node.Cluster).Of(2), node.WorkingDirectory);
    }

    [Fact]
    public void DataVolumesCanBeSwitchedOff() =>
        Assert.DoesNotContain(Containers("RedisCluster:DataVolumes=false").WithDataVolumes().Resource.Nodes[0].Annotations.OfType<ContainerMountAnnotation>(), mount => mount.Type == ContainerMountType.Volume);

    private static bool IsPersistent(IResource node) =>
#pragma warning disable ASPIREPERSISTENCE001
        node.Annotations.OfType<PersistenceAnnotation>().LastOrDefault() is { Mode: PersistenceMode.Persistent };
#pragma warning restore ASPIREPERSISTENCE001
}
