#pragma warning disable SER007 // The kinds of errors are experimental in the driver.
using RedisCluster.Client;
using StackExchange.Redis;
using Xunit;

namespace UnitTests.Client;

public sealed class ServerRefusalTests
{
    [Theory]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'. script: 3f2a, on @user_script:1.", "OOM")]
    [InlineData("MISCONF Errors writing to the AOF file: No space left on device", "MISCONF")]
    [InlineData("NOREPLICAS Not enough good replicas to write.", "NOREPLICAS")]
    [InlineData("READONLY You can't write against a read only replica.", "READONLY")]
    [InlineData("NOPERM User app has no permissions to run the 'set' command", "NOPERM")]
    [InlineData("ERR ACL failure in script: User app has no permissions to run the 'set' command script: 3f2a, on @user_script:1.", "NOPERM")]
    [InlineData("ERR The user executing the script can't run this command or subcommand script: 3f2a, on @user_script:1.", "NOPERM")]
    [InlineData("CLUSTERDOWN The cluster is down", "CLUSTERDOWN")]
    [InlineData("WRONGTYPE Operation against a key holding the wrong kind of value", null)]
    [InlineData("ERR wrong number of arguments for 'set' command", null)]
    [InlineData("CROSSSLOT Keys in request don't hash to the same slot", null)]
    [InlineData("", null)]
    public void IsWhatTellsOfTheServerAndNotOfTheCall(string message, string? code) =>
        Assert.Equal(code, ServerRefusal.CodeOf(new RedisServerException(RedisErrorKind.Unknown, CommandFlags.None, message)));

    [Fact]
    public void IsNoLostAnswer() => Assert.Null(ServerRefusal.CodeOf(new RedisTimeoutException(CommandFlags.None, "OOM", CommandStatus.Sent)));
}
