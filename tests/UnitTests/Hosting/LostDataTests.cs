using RedisCluster.Hosting.Machine;
using Xunit;

namespace UnitTests.Hosting;

// A primary that comes back empty under its old identity makes its replica copy the emptiness.
public sealed class LostDataTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lost-data-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void PrimaryWithoutDataLosesItsIdentity()
    {
        Write("nodes.conf", "aaa 127.0.0.1:7001@17001,localhost myself,master - 0 0 1 connected 0-5460\n");

        Assert.Equal(Path.Combine(_folder, "nodes.conf.without-data"), LostData.SetIdentityAside(_folder));
        Assert.True(LostData.IsEmpty(_folder));
    }

    [Fact]
    public void PrimaryWithItsLogKeepsItsIdentity()
    {
        Write("nodes.conf", "aaa 127.0.0.1:7001@17001,localhost myself,master - 0 0 1 connected 0-5460\n");
        Directory.CreateDirectory(Path.Combine(_folder, "appendonlydir"));

        Assert.Null(LostData.SetIdentityAside(_folder));
        Assert.False(LostData.IsEmpty(_folder));
    }

    [Fact]
    public void ReplicaWithoutDataKeepsItsIdentityAndCopiesItsPrimary()
    {
        Write("nodes.conf", "ddd 127.0.0.1:7004@17004,localhost myself,slave aaa 0 0 1 connected\n");

        Assert.Null(LostData.SetIdentityAside(_folder));
    }

    [Fact]
    public void FirstStartHasNothingToLose() => Assert.Null(LostData.SetIdentityAside(_folder));

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);
}
