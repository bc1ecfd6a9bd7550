using Microsoft.Extensions.Time.Testing;
using RedisCluster.Hosting.Machine;
using RedisCluster.Hosting.Model;
using Xunit;

namespace UnitTests.Hosting;

public sealed class FailedPullsTests : IDisposable
{
    private static readonly ContainerEngine s_docker = new("docker");
    private static readonly ImageReference s_redis = new(null, "redis", "8.6", null);

    private readonly string _folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    private FailedPulls Failures => new(_folder, _time);

    [Fact]
    public void NothingIsRememberedBeforeTheFirstFailure() => Assert.Null(Failures.Recent(s_docker, s_redis));

    [Fact]
    public void FailureIsKnownToTheNextStartsOfTheSameHour()
    {
        Failures.Remember(s_docker, s_redis, "no such host");
        _time.Advance(TimeSpan.FromMinutes(59));

        Assert.Equal("no such host (remembered; it is tried again after an hour, or pull it by hand)", Failures.Recent(s_docker, s_redis));
    }

    [Fact]
    public void PullIsTriedAgainAfterAnHour()
    {
        Failures.Remember(s_docker, s_redis, "no such host");
        _time.Advance(TimeSpan.FromMinutes(61));

        Assert.Null(Failures.Recent(s_docker, s_redis));
    }

    [Fact]
    public void OtherImagesAndEnginesAreNotMeant()
    {
        Failures.Remember(s_docker, s_redis, "no such host");

        Assert.Null(Failures.Recent(s_docker, s_redis with { Tag = "8.8" }));
        Assert.Null(Failures.Recent(new ContainerEngine("podman"), s_redis));
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }
}
