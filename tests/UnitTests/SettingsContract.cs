using System.Reflection;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using ClusterInitializer;
using Microsoft.Extensions.Configuration;
using RedisCluster;
using RedisCluster.Client;
using RedisCluster.Hosting.Model;
using StackExchange.Redis;
using UnitTests.Hosting;
using Xunit;

namespace UnitTests;

/// <summary>What AppHost writes is what the initializer and the client read, and AppHost and initializer have the same limits.</summary>
public sealed class SettingsContract
{
    private static readonly string[] Nodes = [.. Enumerable.Range(7001, 6).Select(port => $"localhost:{port}")];

    [Fact]
    public void TheInitializerHasExactlyTheNamedSettings() => Assert.Equal(
        typeof(SettingNames).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!).Except([SettingNames.Section]).Order(),
        typeof(ClusterSettings).GetProperties().Select(property => property.Name).Order());

    [Fact]
    public async Task WhatAppHostWritesInitializerAndClientRead()
    {
        using var application = new TestApplication("RedisCluster:Runtime=Container", "RedisCluster:NodeTimeout=00:00:07");
        var cluster = TestApplication.Allocated(application.Builder.AddRedisCluster("redis").WithInitializer<InitializerProject>("initializer").Resource);
        var settings = Read(await TestApplication.EnvironmentAsync(cluster.Initializer!));
        var connection = ConfigurationOptions.Parse((await cluster.ConnectionStringExpression.GetValueAsync(TestApplication.Token))!);

        Assert.Equal(Nodes, settings.Nodes);
        Assert.Equal((3, 1, TimeSpan.FromSeconds(7), TestApplication.Password), (settings.Shards, settings.ReplicasPerShard, settings.NodeTimeout, settings.Password));
        Assert.Empty(Problems(settings));
        Assert.Equal(Nodes, connection.EndPoints.Select(NodeEndPoint.Address));
        Assert.Equal(settings.Password, connection.Password);

        // On the host every node is reached where it says.
        var map = await ((IResourceWithConnectionString)cluster).GetConnectionProperties().Single(property => property.Key == "AddressMap").Value.GetValueAsync(TestApplication.Token);
        Assert.Equal(Nodes.Select(node => $"{node}={node}"), map!.Split(','));
        Assert.Null(AddressMap.Read(map, out var problems));
        Assert.Empty(problems);
    }

    // The right problem of each may have further words.
    [Theory]
    [InlineData(SettingLimits.FewestShards, SettingLimits.MostReplicas, 10.0, null)]
    [InlineData(SettingLimits.FewestShards - 1, 0, 5.0, "RedisCluster:Shards is 2")]
    [InlineData(SettingLimits.FewestShards, SettingLimits.MostReplicas + 1, 5.0, "RedisCluster:ReplicasPerShard is 6")]
    [InlineData(SettingLimits.FewestShards, 0, 0.4, "RedisCluster:NodeTimeout is 00:00:00.4000000")]
    [InlineData(SettingLimits.FewestShards, 0, 601.0, "RedisCluster:NodeTimeout is 00:10:01")]
    public void AppHostAndInitializerRefuseTheSame(int shards, int replicas, double nodeTimeout, string? problem)
    {
        var options = new RedisClusterOptions { Shards = shards, ReplicasPerShard = replicas, NodeTimeout = TimeSpan.FromSeconds(nodeTimeout) };
        var nodes = Enumerable.Range(7001, 100).Select(port => $"localhost:{port}");
        var settings = Read(SettingNames.Environment(nodes, shards, replicas, options.NodeTimeout, ""));

        string?[] expected = problem is null ? [] : [problem];
        Assert.Equal(expected, OptionsValidation.Problems(options).Select(found => found.Split(';')[0]));
        Assert.Equal(expected, Problems(settings).Select(found => found.Split(": expected")[0]));
    }

    // As the provider of environment variables does it.
    private static ClusterSettings Read(Dictionary<string, string> environment) => new ConfigurationBuilder()
        .AddInMemoryCollection(environment.Select(variable => KeyValuePair.Create(variable.Key.Replace("__", ":", StringComparison.Ordinal), (string?)variable.Value)))
        .Build().GetSection(SettingNames.Section).Get<ClusterSettings>()!;

    private static IEnumerable<string> Problems(ClusterSettings settings) => new ClusterSettingsValidation().Validate(null, settings).Failures ?? [];
}
