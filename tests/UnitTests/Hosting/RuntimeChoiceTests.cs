using Aspire.Hosting;
using RedisCluster.Hosting.Machine;
using RedisCluster.Hosting.Model;
using RedisCluster.Hosting.Start;
using Xunit;

namespace UnitTests.Hosting;

public sealed class RuntimeChoiceTests
{
    private static readonly ContainerEngine Docker = new("docker");
    private static readonly RedisServer Server = new("/usr/bin/redis-server", "redis", new Version(7, 0, 15));

    [Fact]
    public async Task AutoTakesContainersWhenTheEngineHasTheImage()
    {
        var choice = await ChooseAsync(new(), new EngineAnswer(Docker, HasImage: true));

        Assert.Equal((Docker, null, null), (choice.Engine, choice.Server, choice.Problem));
    }

    [Fact]
    public async Task AutoTakesProcessesWhenNoEngineAnswersAndSaysWhy()
    {
        var choice = await ChooseAsync(new(), new EngineAnswer(null, HasImage: false, "docker is not installed"));

        Assert.Equal((Server, "no container engine can be used: docker is not installed"), (choice.Server, choice.Reason));
    }

    [Fact]
    public async Task AutoTakesProcessesWhenTheDefaultImageCannotBePulled()
    {
        var choice = await ChooseAsync(new(), new EngineAnswer(Docker, HasImage: false), pullFailure: "no such host");

        Assert.Equal((Server, "docker has no image docker.io/library/redis:8.6 and cannot pull it: no such host"), (choice.Server, choice.Reason));
    }

    // Who names an image means it: another server in its place would be a surprise.
    [Fact]
    public async Task ImageThatTheUserNamedIsNotReplacedByProcesses()
    {
        var choice = await ChooseAsync(new() { NamedImage = "nosuch:1" }, new EngineAnswer(Docker, HasImage: false), pullFailure: "no such host");

        Assert.Equal(
            "RedisCluster:Image is 'nosuch:1', which docker does not have and cannot pull: no such host. Correct the name, or try 'docker pull nosuch:1' by hand.",
            choice.Problem);
    }

    [Fact]
    public async Task ContainersWithoutEngineAreRefused()
    {
        var choice = await ChooseAsync(new() { Runtime = RedisClusterRuntime.Container }, new EngineAnswer(null, HasImage: false, "docker is not installed"));

        Assert.Equal(
            "RedisCluster:Runtime is Container, but no container engine can be used: docker is not installed. Start Docker or Podman, or set RedisCluster:Runtime to Auto or Process.",
            choice.Problem);
    }

    [Theory]
    [InlineData(0, "sha256:1", "", "Docker version 28.2.2, build e6534b4", true, true)]
    [InlineData(1, "", "Error response from daemon: No such image: redis:8.6", "Docker version 28.2.2, build e6534b4", true, false)]
    [InlineData(1, "", "Cannot connect to the Docker daemon at unix:///var/run/docker.sock.", "Docker version 28.2.2, build e6534b4", false, false)]
    [InlineData(0, "sha256:1", "", "Docker version 20.10.24+dfsg1, build 297e128", false, false)]
    public void EngineSaysByItsAnswerWhatCanBeUsed(int exitCode, string output, string error, string version, bool isUsable, bool hasImage)
    {
        var answer = Docker.Read(new ToolRun("docker image inspect", exitCode, output, error), new ToolRun("docker --version", 0, version, ""));

        Assert.Equal((isUsable, hasImage), (answer.Engine is not null, answer.HasImage));
    }

    private static Task<RuntimeChoice> ChooseAsync(RedisClusterOptions options, EngineAnswer answer, string? pullFailure = null) =>
        RuntimeChoice.MakeAsync(options, () => Task.FromResult(answer), _ => Task.FromResult(pullFailure), () => Task.FromResult(Server));
}
