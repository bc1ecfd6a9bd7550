using RedisCluster.Hosting.Machine;
using Xunit;

namespace UnitTests.Hosting;

public sealed class NodeConfigTests
{
    private static readonly TimeSpan FiveSeconds = TimeSpan.FromSeconds(5);

    [Fact]
    public void ConfigThatAgreesWithTheSettingsNeedsNoOptions() =>
        Assert.Empty(NodeConfig.ForPort(7001).Overrides(7001, FiveSeconds));

    [Fact]
    public void ValuesThatDifferAreGivenOnTheCommandLine() =>
        Assert.Equal(
            ["--port", "7101", "--cluster-node-timeout", "2000"],
            NodeConfig.ForPort(7001).Overrides(7101, TimeSpan.FromSeconds(2)));

    [Fact]
    public void ConfigOfAFurtherNodeKeepsWhatTheUserAddedAndChangesThePort()
    {
        var first = new NodeConfig(NodeConfig.ForPort(7001).Text + "maxmemory 100mb\n");

        var seventh = first.OnPort(7007);

        Assert.Equal(("7007", "100mb"), (seventh.Value("port"), seventh.Value("maxmemory")));
        Assert.Empty(seventh.Overrides(7007, FiveSeconds));
    }

    [Fact]
    public void LastOfRepeatedDirectivesCountsAndCommentsDoNot() =>
        Assert.Equal("7002", new NodeConfig("port 7001\n  PORT\t7002\n# port 7003\n").Value("port"));

    // redis changes directory while it reads the file, so that a later --dir comes too late.
    [Fact]
    public void DirLineAndSingleServerAreProblems() =>
        Assert.Equal(
            [
                "node.conf does not say 'cluster-enabled yes': the node would be a single server outside the cluster.",
                "node.conf has a line 'dir': remove it, the working directory of the node is its data folder.",
            ],
            new NodeConfig("port 7001\ndir /data\n").Problems("node.conf"));

    // As CONFIG REWRITE leaves a file.
    [Fact]
    public void SecretsAndWhatBreaksTheFormAreProblemsAndNoValueIsShown()
    {
        var config = NodeConfig.ForPort(7001).Text + "requirepass top-secret\nmasterauth \"top-secret\"\nuser app on >top-secret\nDaemonize yes\nsupervised systemd\nlogfile redis.log\n";
        var problems = new NodeConfig(config).Problems("node.conf").ToList();

        Assert.Equal(["requirepass", "masterauth", "user", "daemonize", "supervised", "logfile"], problems.Select(problem => problem.Split('\'')[1]));
        Assert.DoesNotContain(problems, problem => problem.Contains("top-secret", StringComparison.Ordinal));
        Assert.Empty(new NodeConfig(NodeConfig.ForPort(7001).Text + "daemonize no\nsupervised no\nlogfile \"\"\ntls-port 0\n").Problems("node.conf"));
    }

    [Fact]
    public async Task CopyKeepsWhatWasRewrittenButThePasswordUntilTheOriginalChanges()
    {
        var folder = Directory.CreateTempSubdirectory("config-copy-").FullName;
        var copy = ConfigCopy.In(folder);
        await ConfigCopy.WriteAsync(folder, NodeConfig.ForPort(7001), TestContext.Current.CancellationToken);
        Assert.Equal(NodeConfig.ForPort(7001).Text, File.ReadAllText(copy));

        File.AppendAllText(copy, "maxmemory 100mb\nrequirepass old\nmasterauth old\nuser default on #0 ~* &* +@all\nuser app on #1 ~* +get\n");
        await ConfigCopy.WriteAsync(folder, NodeConfig.ForPort(7001), TestContext.Current.CancellationToken);
        Assert.Equal(NodeConfig.ForPort(7001).Text + "maxmemory 100mb\nuser app on #1 ~* +get\n", File.ReadAllText(copy));

        await ConfigCopy.WriteAsync(folder, NodeConfig.ForPort(7002), TestContext.Current.CancellationToken);
        Assert.Equal(NodeConfig.ForPort(7002).Text, File.ReadAllText(copy));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void BuiltInConfigHasNoProblems() => Assert.Empty(NodeConfig.ForPort(7001).Problems("node.conf"));

    [Fact]
    public void PasswordIsQuotedForTheConfigFile() =>
        Assert.Equal("\"a\\\"b\\\\c d\"", AuthFile.Quoted("a\"b\\c d"));

    // The single source of what a node needs; the files are the same for the user to read and change.
    [Fact]
    public void FilesOfAppHostAreTheBuiltInConfig()
    {
        foreach (var number in Enumerable.Range(1, 6))
        {
            Assert.Equal(NodeConfig.ForPort(7000 + number).Text, File.ReadAllText(Path.Combine(Repository.Root, "AppHost", "nodes", $"node-{number}", "redis.conf")));
        }
    }
}
