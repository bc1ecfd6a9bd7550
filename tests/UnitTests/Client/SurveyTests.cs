using RedisCluster.Client.Topology;
using RedisCluster.Topology;
using StackExchange.Redis;
using Xunit;

namespace UnitTests.Client;

public sealed class SurveyTests
{
    private const string PrimaryInfo = """
        # Memory
        used_memory:2704536
        maxmemory:0
        # Stats
        total_commands_processed:120
        # Replication
        role:master
        connected_slaves:2
        slave0:ip=172.28.0.5,port=7004,state=online,offset=90,lag=0
        slave1:ip=172.28.0.6,port=7005,state=send_bulk,offset=0,lag=0
        master_repl_offset:100
        # Keyspace
        db0:keys=18,expires=18,avg_ttl=50995
        """;

    private static readonly int[] Ports = [7001, 7004, 7005];

    [Fact]
    public void FiguresAndLagsComeOfInfoAndOwnSurveysDoNotCount()
    {
        var survey = SurveyReading.Read([Answer(7001, epoch: 3, primary: 7001, PrimaryInfo, ownCommands: 20), Answer(7004, epoch: 3, primary: 7001, "used_memory:1")], lastSeenBy: null, _ => true, _ => null);
        Assert.Equal(new NodeFigures(2704536, 0, 18, 100), survey.Figures["localhost:7001"]);
        Assert.Equal(new NodeFigures(1, 0, 0, 0), survey.Figures["localhost:7004"]);
        var shard = Assert.Single(survey.View.Shards);
        Assert.Equal((100, null), (shard.Primary!.ReplicationOffset, shard.Primary.LagBytes));
        Assert.Equal([(90L, 10L), (7, null)], shard.Replicas.Select(replica => (replica.ReplicationOffset, replica.LagBytes)));
    }

    // A primary that was replaced while it hung still believes in itself when it wakes.
    [Fact]
    public void TheViewWithTheNewestEpochIsTaken()
    {
        var survey = SurveyReading.Read([Answer(7001, epoch: 3, primary: 7001), Answer(7004, epoch: 4, primary: 7004)], lastSeenBy: "localhost:7001", _ => true, _ => null);
        Assert.Equal(("localhost:7004", "localhost:7004"), (survey.View.SeenBy, survey.View.Shards[0].Primary!.Address));
    }

    [Fact]
    public void AmongEquallyNewViewsTheLastWitnessIsAskedAgain() => Assert.Equal(
        "localhost:7004",
        SurveyReading.Read([Answer(7001, epoch: 4, primary: 7001), Answer(7004, epoch: 4, primary: 7004)], lastSeenBy: "localhost:7004", _ => true, _ => null).View.SeenBy);

    [Fact]
    public void WithoutPermissionForInfoTheShardsAreKnownAllTheSame()
    {
        var survey = SurveyReading.Read([Answer(7001, epoch: 4, primary: 7001, info: null)], lastSeenBy: null, _ => true, _ => null);
        Assert.Empty(survey.Figures);
        var shard = survey.View.Shards[0];
        Assert.Equal("localhost:7001", shard.Primary!.Address);
        Assert.All(shard.Replicas, replica => Assert.Equal(0, replica.LagBytes)); // by gossip: not known better, which is no fault of the replica
    }

    // A node that was asked as a primary and is none any more refuses for that.
    [Fact]
    public void OnlyOfThePrimaryItCountsThatItRefusesWrites()
    {
        var survey = SurveyReading.Read(
            [Answer(7001, epoch: 4, primary: 7001) with { RefusesWrites = "OOM full" }, Answer(7004, epoch: 4, primary: 7001) with { RefusesWrites = "READONLY replica" }], lastSeenBy: null, _ => true, _ => null);
        Assert.Equal([("localhost:7001", "OOM full"), ("localhost:7004", null), ("localhost:7005", null)], survey.View.Nodes.Select(node => (node.Address, node.RefusesWrites)));
    }

    // Gossip calls a node online while it loads its data or a script holds it.
    [Fact]
    public void WhatANodeSaysOfItselfWinsOverGossip()
    {
        var survey = SurveyReading.Read([Answer(7004, epoch: 4, primary: 7001)], lastSeenBy: null, _ => true, address => address is "172.28.0.1:7001" ? "busy" : null);
        Assert.Equal([("localhost:7001", "busy", false), ("localhost:7004", "online", true), ("localhost:7005", "online", true)], survey.View.Nodes.Select(node => (node.Address, node.Health, node.IsUsable)));
        Assert.Empty(survey.View.ServedSlots);
    }

    // The driver learns of a node that joined from CLUSTER NODES, which names nodes by their own address.
    [Fact]
    public void ANodeThatTheDriverKnowsByItsOwnAddressIsTheAnnouncedOne()
    {
        var byOwn = Answer(7004, epoch: 4, primary: 7001, "used_memory:1\ntotal_commands_processed:30", ownCommands: 4) with { Address = "172.28.0.4:7004" };
        var twice = Answer(7004, epoch: 4, primary: 7001, "used_memory:1\ntotal_commands_processed:30", ownCommands: 20);
        var survey = SurveyReading.Read([byOwn, twice], lastSeenBy: null, address => address == "172.28.0.4:7004" ? true : address.StartsWith("localhost", StringComparison.Ordinal) ? false : null, _ => null);
        Assert.Equal("localhost:7004", survey.View.SeenBy);
        Assert.Equal([("localhost:7004", new NodeFigures(1, 0, 0, 6))], survey.Figures.Select(node => (node.Key, node.Value)));
        Assert.Equal(["localhost:7004"], survey.View.Nodes.Where(node => node.IsConnected).Select(node => node.Address));
    }

    // While a cluster grows: the first command that is sent to a new node makes the driver connect to it.
    [Fact]
    public void ANodeThatTheDriverHasNotMetCountsAsConnected()
    {
        var survey = SurveyReading.Read([Answer(7001, epoch: 4, primary: 7001)], lastSeenBy: null, address => address switch { "localhost:7001" => true, "172.28.0.4:7004" => false, _ => null }, _ => null);
        Assert.Equal([("localhost:7001", true), ("localhost:7004", false), ("localhost:7005", true)], survey.View.Nodes.Select(node => (node.Address, node.IsConnected)));
    }

    private static NodeAnswer Answer(int port, long epoch, int primary, string? info = "", long ownCommands = 0) =>
        new($"localhost:{port}", epoch, Shards(primary), info is null ? null : new InfoReply(info), ownCommands);

    private static RedisResult Shards(int primary) => Flat(Flat(
        "slots", RedisResult.Create([RedisResult.Create((RedisValue)0), RedisResult.Create((RedisValue)16383)]),
        "nodes", RedisResult.Create([.. Ports.Select(port => Flat(
            "id", $"id{port}", "port", port, "ip", $"172.28.0.{port - 7000}", "endpoint", "localhost", "role", port == primary ? "master" : "replica", "replication-offset", 7, "health", "online"))])));

    private static RedisResult Flat(params object[] items) =>
        RedisResult.Create([.. items.Select(item => item switch
        {
            RedisResult result => result,
            int number => RedisResult.Create((RedisValue)number),
            _ => RedisResult.Create((RedisValue)(string)item),
        })]);
}
