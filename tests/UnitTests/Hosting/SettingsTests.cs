using Aspire.Hosting;
using Microsoft.Extensions.Configuration;
using RedisCluster.Hosting.Model;
using Xunit;

namespace UnitTests.Hosting;

public sealed class SettingsTests
{
    [Fact]
    public void NothingConfiguredIsThreeShardsWithOneReplicaFromPort7001()
    {
        var (options, problems) = Read([]);

        Assert.Empty(problems);
        Assert.Equal((7001, 6), (options.FirstPort, options.NodeCount));
        Assert.Equal((3, 1, TimeSpan.FromSeconds(5), RedisClusterRuntime.Auto, true), (options.Shards, options.ReplicasPerShard, options.NodeTimeout, options.Runtime, options.DataVolumes));
    }

    [Fact]
    public void EverySettingIsReadAndTheClustersOwnSectionWins()
    {
        var (options, problems) = Read(new()
        {
            ["RedisCluster:Shards"] = "4",
            ["RedisCluster:ReplicasPerShard"] = "2",
            ["RedisCluster:FirstPort"] = "7101",
            ["RedisCluster:redis:FirstPort"] = "7201",
            ["RedisCluster:NodeTimeout"] = "00:00:02",
            ["RedisCluster:Runtime"] = "process",
            ["RedisCluster:Image"] = "redis-local:7.0",
            ["RedisCluster:ServerPath"] = "/opt/redis-server",
            ["RedisCluster:DataVolumes"] = "false",
        });

        Assert.Empty(problems);
        Assert.Equal(
            (4, 2, 7201, TimeSpan.FromSeconds(2), RedisClusterRuntime.Process, "redis-local:7.0", "/opt/redis-server", false),
            (options.Shards, options.ReplicasPerShard, options.FirstPort, options.NodeTimeout, options.Runtime, options.Image, options.ServerPath, options.DataVolumes));
    }

    [Fact]
    public void AllBadValuesAreListedAtOnce()
    {
        var (_, problems) = Read(new()
        {
            ["RedisCluster:Shards"] = "2",
            ["RedisCluster:FirstPort"] = "70000",
            ["RedisCluster:NodeTimeout"] = "5 s",
            ["RedisCluster:Runtime"] = "1",
            ["RedisCluster:DataVolumes"] = "maybe",
        });

        Assert.Equal(
            [
                "RedisCluster:NodeTimeout is '5 s'; expected a duration such as 00:00:05.",
                "RedisCluster:Runtime is '1'; expected Auto, Container, Process.",
                "RedisCluster:DataVolumes is 'maybe'; expected true or false.",
                "RedisCluster:Shards is 2; expected 3 or more, because a failover needs a majority of primaries.",
                "RedisCluster:FirstPort is 70000; expected 1024 to 55532, so that the ports of 4 nodes and their bus ports (port + 10000) end at 65535 or below.",
            ],
            problems);
    }

    [Fact]
    public void MisspeltSettingIsNamed()
    {
        var (_, problems) = Read(new() { ["RedisCluster:Shard"] = "5" });

        Assert.StartsWith("RedisCluster:Shard is not a setting; the settings are Shards, ", Assert.Single(problems), StringComparison.Ordinal);
    }

    // The initializer's own command reads it, and a shell may still have it.
    [Fact]
    public void PasswordAmongTheSettingsIsRefusedWithTheNameOfItsParameter() =>
        Assert.Equal(
            ["RedisCluster:Password is not a setting of an AppHost, whose password is a parameter: set Parameters:redis-password, and remove RedisCluster__Password from the environment."],
            Read(new() { ["RedisCluster:Password"] = "secret" }).Problems);

    [Fact]
    public void EmptyValueIsAnUnsetOne() =>
        Assert.Equal(3, Read(new() { ["RedisCluster:Shards"] = "" }).Options.Shards);

    private static (RedisClusterOptions Options, List<string> Problems) Read(Dictionary<string, string?> values)
    {
        var problems = new List<string>();
        var options = new RedisClusterOptions();
        new SettingsReader(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), "redis", problems).Read(options);
        problems.AddRange(OptionsValidation.Problems(options));
        return (options, problems);
    }
}
