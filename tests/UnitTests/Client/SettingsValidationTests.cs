using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RedisCluster.Client;
using StackExchange.Redis;
using Xunit;

namespace UnitTests.Client;

public sealed class SettingsValidationTests
{
    [Fact]
    public async Task EveryProblemIsListedAtStart()
    {
        var exception = await FailingStart("localhost:7001,allowAdmin=true,abortConnect=true,defaultDatabase=3,password=hidden", settings =>
        {
            settings.CommandTimeout = TimeSpan.Zero;
            settings.RetryFor = TimeSpan.FromHours(1);
            settings.ReplicaLagLimit = -1;
        });

        Assert.Equal(
            [
                "CommandTimeout: The field RedisClusterClientSettings.CommandTimeout must be between 00:00:00.0500000 and 00:01:00.",
                "RetryFor: The field RedisClusterClientSettings.RetryFor must be between 00:00:00 and 00:05:00.",
                "ReplicaLagLimit: The field RedisClusterClientSettings.ReplicaLagLimit must be between 0 and 1099511627776.",
                "ConnectionString has allowAdmin=true: an application never needs commands such as FLUSHALL or CONFIG SET; remove it.",
                "ConnectionString has abortConnect=true: the application could not start before the cluster; remove it or write abortConnect=false.",
                "ConnectionString has defaultDatabase=3: a cluster has database 0 only; remove it.",
            ],
            exception.Failures);
        Assert.DoesNotContain("hidden", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AMissingConnectionStringSaysWhereItIsExpected()
    {
        Assert.Equal(Missing("ConnectionStrings:redis"), (await FailingStart(connectionString: null)).Failures);
        Assert.Equal(Missing("ConnectionStrings:my-redis or ConnectionStrings:my_redis"), (await FailingStart(builder => builder.AddRedisClusterClient("my-redis"))).Failures);
        Assert.Equal(Missing("ConnectionStrings:my-redis or ConnectionStrings:my_redis"), (await FailingStart(builder => builder.AddKeyedRedisClusterClient("my-redis"))).Failures);

        static string[] Missing(string where) => [$"ConnectionString is missing: expected localhost:7001,...,password=... in {where}, or in the ConnectionString setting."];
    }

    [Fact]
    public async Task EveryProblemOfAnAddressMapIsListedAtStart() => Assert.Equal(
        [
            "AddressMap has 'localhost:7002': expected announced=reachable like localhost:7001=redis-node-1:7001, pairs separated by commas.",
            "AddressMap has 'localhost:7003=node': expected announced=reachable like localhost:7001=redis-node-1:7001, pairs separated by commas.",
            "AddressMap has localhost:7001 twice: expected one way to each node.",
            "AddressMap leads to node:1 twice, for localhost:7001 and for localhost:7004: expected another address for each node.",
        ],
        (await FailingStart("localhost:7001", settings => settings.AddressMap = "localhost:7001=node:1, localhost:7002, localhost:7003=node, localhost:7001=node:9, localhost:7004=node:1")).Failures);

    [Fact]
    public async Task AnAddressMapAndATunnelExcludeEachOther() => Assert.Equal(
        ["A tunnel or proxy was set beside the AddressMap: both say how a node is reached; remove one of them."],
        (await FailingStart("localhost:7001,tunnel=http:proxy:80", settings => settings.AddressMap = "localhost:7001=node:1")).Failures);

    [Fact]
    public void SeedsOfAnAddressMapAreCalledAsTheNodesAnnounceThemselves()
    {
        var settings = Settings("node-1:7001,node-2:7001,localhost:7002,elsewhere:1");
        settings.AddressMap = "localhost:7001=node-1:7001,localhost:7002=node-2:7001,localhost:7003=[::1]:7003";
        var options = RedisClusterConnection.CreateOptions(settings, configure: null);

        Assert.Equal(["localhost:7001", "localhost:7002", "elsewhere:1"], options.EndPoints.Select(Format));
        Assert.IsType<AddressMap>(options.Tunnel);
    }

    [Fact]
    public void WhereEveryNodeIsReachedAsItSaysThereIsNoTunnel()
    {
        var settings = Settings("localhost:7001");
        settings.AddressMap = "localhost:7001=localhost:7001,localhost:7002=localhost:7002";
        Assert.Null(RedisClusterConnection.CreateOptions(settings, configure: null).Tunnel);
    }

    [Fact]
    public async Task AnUnreadableConnectionStringIsRefusedWithoutRepeatingIt()
    {
        var exception = await FailingStart("localhost:7001,syncTimeout=hidden");
        Assert.Contains("ConnectionString cannot be read", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", exception.Message, StringComparison.Ordinal);
    }

    // The form that RedisCluster.Hosting writes.
    [Fact]
    public void TheConnectionStringOfTheHostGivesSeedsAsAnnouncedAndOptionsForShortFailovers()
    {
        var options = RedisClusterConnection.CreateOptions(Settings("localhost:7001,localhost:7002,localhost:7003,localhost:7004,localhost:7005,localhost:7006,password=p=w,abortConnect=false"), configure: null);

        Assert.Equal(["localhost:7001", "localhost:7002", "localhost:7003", "localhost:7004", "localhost:7005", "localhost:7006"], options.EndPoints.Select(Format));
        Assert.Equal("p=w", options.Password);
        Assert.False(options.AbortOnConnectFail);
        Assert.False(options.AllowAdmin);
        Assert.False(options.IncludeDetailInExceptions);
        Assert.Same(BacklogPolicy.FailFast, options.BacklogPolicy);
        Assert.Equal(TimeSpan.FromMilliseconds(100), options.HeartbeatInterval);
        Assert.Equal((1000, 1000, 2000, 1, 5), (options.SyncTimeout, options.AsyncTimeout, options.ConnectTimeout, options.ConnectRetry, options.ConfigCheckSeconds));
        Assert.True(options.ReconnectRetryPolicy.ShouldRetry(0, 251));
        Assert.False(options.ReconnectRetryPolicy.ShouldRetry(9, 249));
    }

    [Fact]
    public void WhatTheConnectionStringSaysWinsOverTheDefaults()
    {
        var options = RedisClusterConnection.CreateOptions(Settings("localhost:7001,syncTimeout=3000,connectTimeout=700,configCheckSeconds=9"), configure: null);
        Assert.Equal((3000, 700, 9), (options.SyncTimeout, options.ConnectTimeout, options.ConfigCheckSeconds));
    }

    private static RedisClusterClientSettings Settings(string connectionString) => new() { ConnectionString = connectionString };

    private static string Format(System.Net.EndPoint endpoint) => endpoint is System.Net.DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : $"{endpoint}";

    private static Task<OptionsValidationException> FailingStart(string? connectionString, Action<RedisClusterClientSettings>? configure = null) => FailingStart(builder =>
    {
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:redis", connectionString)]);
        builder.AddRedisClusterClient("redis", configure);
    });

    private static async Task<OptionsValidationException> FailingStart(Action<HostApplicationBuilder> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        configure(builder);
        using var host = builder.Build();
        return await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
    }
}
