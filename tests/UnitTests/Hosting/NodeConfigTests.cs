using RedisCluster.Hosting.Machine;
using RedisCluster.Servers;
using Xunit;

namespace UnitTests.Hosting;

public sealed class NodeConfigTests
{
    private static readonly TimeSpan s_fiveSeconds = TimeSpan.FromSeconds(5);

    [Fact]
    public void ConfigThatAgreesWithTheSettingsNeedsNoOptions()
        => Assert.Empty(NodeConfig.ForPort(7001).Overrides(7001, s_fiveSeconds));

    [Fact]
    public void ValuesThatDifferAreGivenOnTheCommandLine()
        => Assert.Equal(
            ["--port", "7101", "--cluster-node-timeout", "2000"],
            NodeConfig.ForPort(7001).Overrides(7101, TimeSpan.FromSeconds(2)));

    [Fact]
    public void ConfigOfAFurtherNodeKeepsWhatTheUserAddedAndChangesThePort()
    {
        var first = new NodeConfig(NodeConfig.ForPort(7001).Text + "maxmemory 100mb\n");

        var seventh = first.OnPort(7007);

        Assert.Equal(("7007", "100mb"), (seventh.Value("port"), seventh.Value("maxmemory")));
        Assert.Empty(seventh.Overrides(7007, s_fiveSeconds));
    }

    [Fact]
    public void LastOfRepeatedDirectivesCountsAndCommentsDoNot()
        => Assert.Equal("7002", new NodeConfig("port 7001\n  PORT\t7002\n# port 7003\n").Value("port"));

    // redis changes directory while it reads the file, so that a later --dir comes too late.
    [Fact]
    public void DirLineAndSingleServerAreProblems()
        => Assert.Equal(
            [
                "node.conf does not say 'cluster-enabled yes': the node would be a single server outside the cluster.",
                "node.conf says 'dir /data': remove the line, the working directory of the node is its data folder.",
            ],
            new NodeConfig("port 7001\ndir /data\n").Problems("node.conf"));

    [Fact]
    public void BuiltInConfigHasNoProblems() => Assert.Empty(NodeConfig.ForPort(7001).Problems("node.conf"));

    [Fact]
    public void PasswordIsQuotedForTheConfigFile()
        => Assert.Equal("\"a\\\"b\\\\c d\"", AuthFile.Quoted("a\"b\\c d"));

    [Fact]
    public void PasswordWithALineBreakIsRefused()
        => Assert.Throws<ArgumentException>(() => AuthFile.Quoted("a\nport 1"));
}
