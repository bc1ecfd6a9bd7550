using System.Diagnostics;
using RedisCluster.Client.Topology;
using SampleApi.Map;
using Xunit;
using static UnitTests.SampleApi.MapDrawingTests;

namespace UnitTests.SampleApi;

public sealed class MapFigureTests
{
    private readonly MapFigureReading _reading = new();

    [Fact]
    public void OpsPerSecondComeOfTwoReadings()
    {
        Assert.Equal(new MapFigures(100, 0, 7, OpsPerSecond: null, LagBytes: null), Read(commands: 50, second: 0));
        Assert.Equal(new MapFigures(100, 0, 7, OpsPerSecond: 25, LagBytes: null), Read(commands: 100, second: 2));
    }

    [Fact]
    public void ARestartedNodeHasNoOpsPerSecondAtFirst()
    {
        Read(commands: 1000, second: 0);
        Assert.Null(Read(commands: 3, second: 1).OpsPerSecond);
        Assert.Equal(2, Read(commands: 5, second: 2).OpsPerSecond);
    }

    [Fact]
    public void OnlyWhatChangedIsSent()
    {
        var before = new Dictionary<string, MapFigures> { ["a"] = new(1, 0, 1, 1, null), ["b"] = new(1, 0, 1, 1, 0), ["gone"] = new(1, 0, 1, 1, 0) };
        var after = new Dictionary<string, MapFigures> { ["a"] = new(1, 0, 1, 1, null), ["b"] = new(1, 0, 1, 2, 0), ["new"] = new(1, 0, 1, null, 0) };
        Assert.Equal(new Dictionary<string, MapFigures?> { ["b"] = after["b"], ["new"] = after["new"], ["gone"] = null }, MapChanges.Of(before, after));
        Assert.Empty(MapChanges.Of(after, after));
    }

    private MapFigures Read(long commands, int second)
    {
        var survey = new ClusterSurvey(View(Shard(0, 16383, 7001)), new Dictionary<string, NodeFigures> { ["localhost:7001"] = new(100, 0, 7, commands) });
        return Assert.Single(_reading.Read(survey, 1 + (second * Stopwatch.Frequency))).Value;
    }
}
