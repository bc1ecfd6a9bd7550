using RedisCluster.Hosting.Machine;
using RedisCluster.Hosting.Start;
using Xunit;

namespace UnitTests.Hosting;

// Nodes beyond the wanted ones that still have data must start, or their keys would be lost.
public sealed class EarlierNodesTests : IDisposable
{
    private readonly DataFolder _folder = new(Directory.CreateTempSubdirectory("earlier-nodes-").FullName, IsTemporary: false);

    public void Dispose() => Directory.Delete(_folder.Path, recursive: true);

    [Fact]
    public void OnlyNumbersBeyondTheWantedOnesAreOfAnEarlierShape() => Assert.Equal([7, 10], EarlierNodes.Beyond([10, 6, 1, 7], wanted: 6));

    [Fact]
    public void ANumberNoClusterReachesIsNoNode() => Assert.Empty(EarlierNodes.Beyond([201, 99_999], wanted: 6));

    [Fact]
    public void VolumesOfOtherNamesAreNoNodes() =>
        Assert.Equal([7, 12], EarlierNodes.Numbers(["redis-data-7", "redis-data-old", "redis-data-12", "redis-data-", "redis-data--3", "redis-data-7b"], "redis-data"));

    [Fact]
    public void AFolderWithAnIdentityIsANodeAndAnEmptyOneIsNot()
    {
        Write("node-7/nodes.conf");
        Write("node-9/redis.conf");
        Write("node-8.removed/nodes.conf");

        Assert.Equal([7], _folder.Numbers());
    }

    [Fact]
    public void RemovalAlsoRemovesWhatAnInterruptedOneLeft()
    {
        Write("node-7/nodes.conf");
        Write("node-7.removed/appendonlydir");
        Write("node-8/nodes.conf");

        _folder.Remove(7);

        Assert.Equal(["node-8"], Directory.EnumerateDirectories(_folder.Path).Select(Path.GetFileName));
    }

    private void Write(string file)
    {
        var path = Path.Combine(_folder.Path, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");
    }
}
