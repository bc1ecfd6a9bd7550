using System.Reflection;
using ClusterInitializer;
using Microsoft.Extensions.Configuration;
using RedisCluster;
using Xunit;

namespace UnitTests;

/// <summary>What AppHost writes into the initializer's environment is what the initializer reads, within the same limits.</summary>
public sealed class SettingsContract
{
    private static readonly string[] Nodes = [.. Enumerable.Range(7001, 6).Select(port => $"localhost:{port}")];

    [Fact]
    public void TheInitializerHasExactlyTheNamedSettings() => Assert.Equal(
        typeof(SettingNames).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!).Except([SettingNames.Section]).Order(),
        typeof(ClusterSettings).GetProperties().Select(property => property.Name).Order());

    [Fact]
    public void WhatIsWrittenIsRead()
    {
        var settings = Read(SettingNames.Environment(Nodes, 3, 1, TimeSpan.FromSeconds(7), "p:a,s=s"));
        Assert.Equal(Nodes, settings.Nodes);
        Assert.Equal((3, 1, TimeSpan.FromSeconds(7), "p:a,s=s"), (settings.Shards, settings.ReplicasPerShard, settings.NodeTimeout, settings.Password));
        Assert.Empty(Problems(settings));
    }

    [Theory]
    [InlineData(SettingLimits.FewestShards - 1, 0, "RedisCluster:Shards is 2: expected 3 to 1000.")]
    [InlineData(SettingLimits.FewestShards, SettingLimits.MostReplicas + 1, "RedisCluster:ReplicasPerShard is 6: expected 0 to 5.")]
    public void BeyondItsLimitASettingIsRefused(int shards, int replicas, string problem)
    {
        var nodes = Enumerable.Range(7001, 100).Select(port => $"localhost:{port}");
        Assert.Equal([problem], Problems(Read(SettingNames.Environment(nodes, shards, replicas, SettingLimits.LongestNodeTimeout, ""))));
    }

    [Fact]
    public void ATimeoutBeyondItsLimitIsRefused() => Assert.Equal(
        ["RedisCluster:NodeTimeout is 00:10:01: expected 00:00:00.5000000 to 00:10:00."],
        Problems(Read(SettingNames.Environment(Nodes, 3, 1, SettingLimits.LongestNodeTimeout + TimeSpan.FromSeconds(1), ""))));

    // As the provider of environment variables does it.
    private static ClusterSettings Read(Dictionary<string, string> environment) => new ConfigurationBuilder()
        .AddInMemoryCollection(environment.Select(variable => KeyValuePair.Create(variable.Key.Replace("__", ":", StringComparison.Ordinal), (string?)variable.Value)))
        .Build().GetSection(SettingNames.Section).Get<ClusterSettings>()!;

    private static IEnumerable<string> Problems(ClusterSettings settings) => new ClusterSettingsValidation().Validate(null, settings).Failures ?? [];
}
