using Xunit;

namespace UnitTests;

/// <summary>What a test may want of a cluster: every bad value at once, each with what it may be.</summary>
public sealed class TestingOptionsTests
{
    [Fact]
    public void DefaultsAreValid() => new RedisClusterServersOptions().ThrowIfInvalid();

    [Fact]
    public void EveryBadValueIsNamedWithWhatItMayBe()
    {
        var options = new RedisClusterServersOptions
        {
            Shards = 2,
            ReplicasPerShard = -1,
            NodeTimeout = TimeSpan.FromMilliseconds(10),
            Deadline = TimeSpan.Zero,
            ServerPath = "/no/such/server",
            Password = "a,b",
            NodeSettings = ["maxmemory 50mb", "Port 7", "appendonly", "a b\nc d"],
        };
        Assert.Equal(
            "Shards is 2: expected 3 to 1000. ReplicasPerShard is -1: expected 0 to 5. NodeTimeout is 00:00:00.0100000: expected 00:00:00.5000000 to 00:10:00. "
            + "Deadline is 00:00:00: expected 00:00:01 to 1.00:00:00. ServerPath is '/no/such/server', where there is no file. "
            + "Password has a quote, a backslash, a comma, a control character or one beyond ASCII, which connection strings or redis.conf cannot have. "
            + "NodeSettings has 'Port 7': Port is decided by RedisClusterServers, or by an option of its own. "
            + "NodeSettings has 'appendonly': expected a line of redis.conf like 'maxmemory 50mb'. "
            + "NodeSettings has 'a b\nc d': expected a line of redis.conf like 'maxmemory 50mb'. (Parameter 'options')",
            Assert.Throws<ArgumentException>(options.ThrowIfInvalid).Message);
    }

    [Fact]
    public void APortThatIsHeldIsNobodyElsesAndListeningOnItStaysPossible()
    {
        var port = FreePorts.One();
        using (var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, port))
        {
            listener.Start();
        }

        Assert.True(FreePorts.IsFree(port));
        Assert.False(FreePorts.TryHold(port));
        FreePorts.Release([port]);
        Assert.True(FreePorts.TryHold(port));
        FreePorts.Release([port]);
    }
}
