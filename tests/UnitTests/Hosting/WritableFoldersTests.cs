using RedisCluster.Hosting.Machine;
using RedisCluster.Hosting.Start;
using Xunit;

namespace UnitTests.Hosting;

public sealed class WritableFoldersTests : IDisposable
{
    private static readonly string Variable = OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME";
    private readonly string _folder = Directory.CreateTempSubdirectory("writable-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void MissingHomeIsRefusedBecauseTheOrchestratorEndsWithoutIt(string? home) =>
        Assert.Equal($"{Variable} is not set; Aspire's orchestrator (DCP) keeps its state in {Variable}/.dcp and ends without it. Set {Variable} to a folder that you may write to.", WritableFolders.ProblemOfHome(home));

    [Fact]
    public void HomeThatCannotBeWrittenIsRefusedWithTheSystemsReason()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");

        var problem = WritableFolders.ProblemOfHome(file);

        Assert.StartsWith($"{Variable} is '{file}', where .dcp cannot be written: ", problem, StringComparison.Ordinal);
        Assert.EndsWith($" Set {Variable} to a folder that you may write to.", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void LookingLeavesNothingBehind()
    {
        var data = new DataFolder(Path.Combine(_folder, "cluster", "redis"), IsTemporary: false);

        Assert.Null(WritableFolders.ProblemOfHome(_folder));
        Assert.Null(WritableFolders.ProblemOfData(data));
        Assert.True(WritableFolders.SpaceLeft(data.Path) > 0);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void DataFolderThatCannotBeWrittenIsRefused()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        var bad = new DataFolder(Path.Combine(file, "redis"), IsTemporary: false);

        Assert.StartsWith($"The data folder {bad.Path} cannot be written: ", WritableFolders.ProblemOfData(bad), StringComparison.Ordinal);
    }
}
