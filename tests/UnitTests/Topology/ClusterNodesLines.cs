using RedisCluster.Topology;
using Xunit;

namespace UnitTests.Topology;

/// <summary>Lines as real servers gave them: Redis 7.0.15 and 8.0.6, Valkey 8.1.1 and 9.1.2.</summary>
public sealed class ClusterNodesLines
{
    [Fact]
    public void NodeWithoutPeersDoesNotKnowItsAddress()
    {
        var entry = ClusterNodesReply.ParseLine("56ee812bd650185c12400090adec7af1e1378982 :7200@17200,localhost myself,master - 0 0 0 connected 0-100 200");
        Assert.Equal("", entry.Ip);
        Assert.Equal((7200, 17200, "localhost"), (entry.Port, entry.BusPort, entry.HostName));
        Assert.True(entry.IsMyself && entry.IsPrimary && entry.IsHealthy);
        Assert.Equal("0-100,200", entry.Slots.ToString());
    }

    [Fact]
    public void OpenSlotsAreNotSlots()
    {
        var entry = ClusterNodesReply.ParseLine(
            "56ee812bd650185c12400090adec7af1e1378982 127.0.0.1:7200@17200,localhost myself,master - 0 0 1 connected 0-100 200 [5->-c31873d89d9870bc40cfbf3e0c96a8249ad4f269] [7-<-c31873d89d9870bc40cfbf3e0c96a8249ad4f269]");
        Assert.Equal("0-100,200", entry.Slots.ToString());
        Assert.Equal("[5->-c31873d8] [7-<-c31873d8]", string.Join(' ', entry.OpenSlots));
        Assert.Equal("c31873d89d9870bc40cfbf3e0c96a8249ad4f269", entry.OpenSlots[0].Peer.Value);
    }

    [Fact]
    public void HandshakeHasAPlaceholderForAnId()
    {
        var entry = ClusterNodesReply.ParseLine("25a3c7d75d1ddcb5c6f085f9101ba8a804c083a2 127.0.0.1:7219@17219 handshake - 0 0 0 disconnected");
        Assert.True(entry.IsHandshake);
        Assert.False(entry.IsHealthy || entry.HeardFrom || entry.LinkConnected);
        Assert.Equal("", entry.HostName);
    }

    [Fact]
    public void PrimaryWhoseAddressAnswersWithAnotherIdKeepsItsSlots()
    {
        var entry = ClusterNodesReply.ParseLine("f01376f42fe2b0bf07985fb306589d6e5eb1f340 :0@0,localhost master,noaddr - 1795426789292 1795426787283 1 disconnected 0-5460");
        Assert.True(entry.HasNoAddress && entry.IsPrimary);
        Assert.Equal(("", 0, "0-5460", 1L), (entry.Ip, entry.Port, entry.Slots.ToString(), entry.ConfigEpoch));
    }

    [Fact]
    public void ReplicaNamesItsPrimary()
    {
        var entry = ClusterNodesReply.ParseLine(
            "96e2eb067ecb86b2866715ab81c52c9777ff95fd 127.0.0.1:7201@17201,localhost slave 741aaa7793ac9bc27c1bfee73f99c3a9914c3f33 0 1795427927566 1 connected");
        Assert.Equal("741aaa7793ac9bc27c1bfee73f99c3a9914c3f33", entry.PrimaryId?.Value);
        Assert.True(entry.IsReplica && entry.HeardFrom && entry.IsHealthy);
    }

    [Theory]
    [InlineData("fail?", true)]
    [InlineData("fail", true)]
    [InlineData("nofailover", false)]
    public void FailuresAreFlags(string flag, bool failing) => Assert.Equal(
        failing,
        ClusterNodesReply.ParseLine($"9d0c11 10.0.0.7:7001@17001 master,{flag} - 0 1795 3 connected").IsFailing);

    [Fact]
    public void AuxiliaryFieldsOfNewerServersAreSkipped()
    {
        var entry = ClusterNodesReply.ParseLine("9d0c11 10.0.0.7:7001@17001,,tls-port=0,shard-id=69bc slave 741aaa 0 1795 3 connected");
        Assert.Equal(("10.0.0.7", 7001, ""), (entry.Ip, entry.Port, entry.HostName));
    }

    [Fact]
    public void Ipv6AddressEndsAtTheLastColon() =>
        Assert.Equal(("fd00::7", 7001), (ClusterNodesReply.ParseLine("9d0c11 fd00::7:7001@17001 noflags - 0 0 0 disconnected") is var entry ? entry.Ip : "", entry.Port));

    [Fact]
    public void NodeThatNeverAnsweredSinceTheStartIsNotHealthy() =>
        Assert.False(ClusterNodesReply.ParseLine("9d0c11 10.0.0.7:7001@17001 master - 1795 0 3 connected 0-5460").IsHealthy);

    [Theory]
    [InlineData("9d0c11 10.0.0.7:7001@17001 master -", "at least eight fields")]
    [InlineData("9d0c11 10.0.0.7 master - 0 0 3 connected", "an address like 127.0.0.1:7001@17001")]
    [InlineData("9d0c11 10.0.0.7:7001@17001 lord - 0 0 3 connected", "a known flag instead of 'lord'")]
    [InlineData("9d0c11 10.0.0.7:7001@17001 master - 0 0 3 asleep", "'connected' or 'disconnected'")]
    [InlineData("9d0c11 10.0.0.7:7001@17001 master - 0 0 3 connected [5->", "open slots like [5->-id] or [5-<-id]")]
    public void WhatIsNotUnderstoodIsShown(string line, string expected) =>
        Assert.Equal($"Expected {expected} in the CLUSTER NODES line: {line}", Assert.Throws<FormatException>(() => ClusterNodesReply.ParseLine(line)).Message);

    [Fact]
    public void ViewNeedsExactlyOneNodeItself() =>
        Assert.Equal(
            "Expected one line flagged 'myself' in CLUSTER NODES, found 0.",
            Assert.Throws<FormatException>(() => ClusterNodesReply.Parse("9d0c11 10.0.0.7:7001@17001 master - 0 0 3 connected\n")).Message);
}
