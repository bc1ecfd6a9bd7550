using Aspire.Hosting.ApplicationModel;
using RedisCluster.Hosting.Run;
using RedisCluster.Topology;
using Xunit;

namespace UnitTests.Hosting.Run;

public sealed class CommandStateTests
{
    [Theory]
    [InlineData("Running", "replica", true)]
    [InlineData("Running", "primary", false)]
    [InlineData("Running", null, false)]
    [InlineData("Exited", "replica", false)]
    public void OnlyARunningReplicaCanBeFailedOverTo(string state, string? role, bool expected) =>
        Assert.Equal(expected, NodeCommands.CanFailOver(
            Snapshot(state),
            role is null ? null : new NodeRole(role == "primary", SlotSet.Empty, Primary: null, IsInSync: true, Offset: 0)));

    [Theory]
    [InlineData("Running", true)]
    [InlineData("FailedToStart", true)]
    [InlineData("Forming", false)]
    public void InitializerCanRunAgainWhenItIsNotRunning(string state, bool expected) =>
        Assert.Equal(expected, ClusterCommands.CanRunInitializer(Snapshot(state)));

    private static CustomResourceSnapshot Snapshot(string state) => new() { ResourceType = "Container", State = state, Properties = [] };
}
