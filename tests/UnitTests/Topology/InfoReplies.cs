using RedisCluster.Topology;
using Xunit;

namespace UnitTests.Topology;

public sealed class InfoReplies
{
    [Fact]
    public void HistoryIsThatOfTheDataWithTheOneBefore()
    {
        var info = new InfoReply("# Replication\r\nrole:master\r\nmaster_replid:8c5f\r\nmaster_replid2:477a\r\n");

        Assert.Equal(new ReplicationHistory("8c5f", "477a"), info.History);
        Assert.True(info.History!.Continues(new ReplicationHistory("477a", "")) && info.History.Continues(new ReplicationHistory("8c5f", "")));
        Assert.False(info.History.Continues(new ReplicationHistory("9999", "8c5f")));
        Assert.Null(new InfoReply("role:master\r\n").History);
    }

    [Fact]
    public void AReplicaNamesItsPrimaryAndHowFarItGot()
    {
        var info = new InfoReply("# Replication\r\nrole:slave\r\nmaster_host:172.28.0.2\r\nmaster_port:7001\r\nmaster_link_status:up\r\nslave_repl_offset:84\r\n");
        Assert.Equal(new ReplicationState(new NodeAddress("172.28.0.2", 7001), LinkUp: true, Offset: 84), info.Replication);
    }

    [Fact]
    public void APrimaryNamesTheReplicasThatAreFilled()
    {
        var info = new InfoReply("role:master\nconnected_slaves:2\nslave0:ip=::1,port=7004,state=online,offset=84,lag=1\nslave1:ip=::1,port=7005,state=send_bulk,offset=0,lag=0\n");
        Assert.Null(info.Replication);
        Assert.Equal([(7004, 84L)], info.Replicas());
    }

    [Theory]
    [InlineData("redis_version:7.0.15", "Redis 7.0.15")]
    [InlineData("redis_version:7.2.4\nvalkey_version:9.0.1", "Valkey 9.0.1")]
    [InlineData("", "Redis 0.0")]
    public void ValkeysOwnVersionCounts(string reply, string server) => Assert.Equal(server, $"{new InfoReply(reply).Server}");

    [Fact]
    public void FieldsThatAreNotThereAreZero() => Assert.Equal((0L, 0L), (new InfoReply("").Number("db0"), new InfoReply("db0:keys=3").Number("db0", "expires")));

    [Fact]
    public void ModulesRepeatTheirField() => Assert.Equal("name=b", new InfoReply("# Modules\nmodule:name=a\nmodule:name=b\n")["module"]);

    [Fact]
    public void WhatIsNoNumberIsSaid() =>
        Assert.Equal("INFO has 'lots' in db0: expected a whole number.", Assert.Throws<FormatException>(() => new InfoReply("db0:keys=lots").Number("db0", "keys")).Message);

    [Fact]
    public void TheNodesOwnAddressIsTheFarEndOfOurConnection()
    {
        Assert.Equal("172.28.0.2:7001@17001", $"{BusAddress.OfClientInfo("id=3 addr=172.28.0.1:50768 laddr=172.28.0.2:7001 fd=12", 17001)}");
        Assert.Throws<FormatException>(() => BusAddress.OfClientInfo("id=3", 17001));
    }
}
