using Xunit;

namespace UnitTests.Hosting;

public sealed class ServerSearchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("server-search-").FullName;
    private readonly List<string> _progress = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task ConfiguredPathIsTakenBeforeAnythingOnPath()
    {
        var configured = Program("elsewhere", "my-valkey", "Valkey server v=9.1.2 sha=00000000:0");
        Program("bin", "redis-server", "Redis server v=7.0.15 sha=00000000:0");

        var found = await FindAsync(configured, "bin");

        Assert.Equal(new RedisServer(configured, "valkey", new Version(9, 1, 2)), found);
    }

    [Fact]
    public async Task RedisInALaterFolderComesBeforeValkeyInAnEarlierOne()
    {
        Program("first", "valkey-server", "Valkey server v=8.1.1 sha=00000000:0");
        var redis = Program("second", "redis-server", "Redis server v=7.0.15 sha=00000000:0");

        var found = await FindAsync(null, "first", "second");

        Assert.Equal(new RedisServer(redis, "redis", new Version(7, 0, 15)), found);
    }

    [Fact]
    public async Task ServerOlderThanSevenIsPassedOverAndSaidSo()
    {
        var old = Program("first", "redis-server", "Redis server v=6.0.16 sha=00000000:0");
        var valkey = Program("first", "valkey-server", "Valkey server v=8.1.1 sha=00000000:0");

        var found = await FindAsync(null, "first");

        Assert.Equal(valkey, found.Path);
        Assert.Equal([$"redis 6.0.16 ({old}) is older than 7.0; looking further."], _progress);
    }

    [Fact]
    public async Task NothingFoundSaysWhatToInstall()
    {
        var failure = await Assert.ThrowsAsync<RedisServerNotFoundException>(() => FindAsync(null, "empty"));

        Assert.Equal("No redis-server or valkey-server 7.0 or newer on PATH. Install it.", failure.Message);
    }

    // RedisCluster.Testing has no containers, and no configuration.
    [Theory]
    [InlineData("RedisCluster:ServerPath", true, "Install it with 'sudo apt-get install redis-server', or run the nodes as containers (start Docker or Podman), or set RedisCluster:ServerPath.")]
    [InlineData("ServerPath", false, "Install it with 'sudo apt-get install redis-server', or set ServerPath.")]
    [InlineData(null, false, "Install it with 'sudo apt-get install redis-server'.")]
    public void AdviceNamesWhatItsHostHas(string? setting, bool hasContainers, string advice)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere other commands install it.");
        Assert.Equal(advice, ServerSearch.AdviceFor(new LinuxRelease(["debian"], null), new ServerHost(setting, hasContainers)));
    }

    [Fact]
    public async Task ConfiguredPathWithoutAFileIsAnErrorEvenWhenPathHasAServer()
    {
        Program("bin", "redis-server", "Redis server v=7.0.15 sha=00000000:0");
        var missing = Path.Combine(_folder, "missing");

        var failure = await Assert.ThrowsAsync<RedisServerNotFoundException>(() => FindAsync(missing, "bin"));

        Assert.Equal(
            $"RedisCluster:ServerPath is '{missing}', where there is no file. Give the full path of a redis-server or valkey-server, or remove the setting to have one searched.",
            failure.Message);
    }

    [Fact]
    public async Task ConfiguredServerThatIsTooOldIsRefused()
    {
        var old = Program("bin", "redis-server", "Redis server v=6.2.14 sha=00000000:0");

        var failure = await Assert.ThrowsAsync<RedisServerNotFoundException>(() => FindAsync(old));

        Assert.Equal($"RedisCluster:ServerPath is '{old}', redis 6.2.14; redis-server or valkey-server 7.0 or newer is needed.", failure.Message);
    }

    // A cluster of Valkey is never one of Redis, whatever a link is called.
    [Fact]
    public async Task ValkeyIsWantedAndNothingElseIsTaken()
    {
        var redis = Program("redis", "redis-server", "Redis server v=8.0.2 sha=00000000:0");
        var linked = Program("linked", "valkey-server", "Redis server v=8.0.2 sha=00000000:0");
        var valkey = Program("valkey", "valkey-server", "Valkey server v=8.1.1 sha=00000000:0");

        Assert.Equal(valkey, (await FindValkeyAsync(null, "redis", "linked", "valkey")).Path);
        Assert.Equal([$"redis 8.0.2 ({linked}) is not valkey-server 7.0 or newer; looking further."], _progress);
        Assert.StartsWith("No valkey-server 7.0 or newer on PATH. ", (await Assert.ThrowsAsync<RedisServerNotFoundException>(() => FindValkeyAsync(null, "redis", "linked"))).Message, StringComparison.Ordinal);
        Assert.EndsWith("redis 8.0.2; valkey-server 7.0 or newer is needed.", (await Assert.ThrowsAsync<RedisServerNotFoundException>(() => FindValkeyAsync(redis))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConfiguredProgramThatIsNoServerIsRefused()
    {
        var other = Program("bin", "redis-cli", "redis-cli 7.0.15");

        var failure = await Assert.ThrowsAsync<RedisServerNotFoundException>(() => FindAsync(other));

        Assert.Contains("does not answer --version as a redis-server or valkey-server does", failure.Message, StringComparison.Ordinal);
    }

    private Task<RedisServer> FindAsync(string? configured, params string[] folders) => FindAsync(configured, programs: null, folders);

    private Task<RedisServer> FindValkeyAsync(string? configured, params string[] folders) => FindAsync(configured, ["valkey-server"], folders);

    private Task<RedisServer> FindAsync(string? configured, IReadOnlyList<string>? programs, string[] folders) =>
        RedisServerLocator.FindAsync(
            new ServerSearch([.. folders.Select(folder => Path.Combine(_folder, folder))], Path.Combine(_folder, "cache"), HasDebianPackages: false, "", new ServerHost("RedisCluster:ServerPath", HasContainers: true), "Install it."),
            configured,
            _progress.Add,
            TestContext.Current.CancellationToken,
            programs);

    private string Program(string folder, string name, string version)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The stand-in programs are shell scripts.");
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, folder)).FullName, name);
        File.WriteAllText(path, $"#!/bin/sh\necho '{version}'\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }
}
