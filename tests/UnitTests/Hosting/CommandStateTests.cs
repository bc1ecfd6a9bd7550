using Aspire.Hosting.ApplicationModel;
using RedisCluster.Hosting.Run;
using Xunit;

namespace UnitTests.Hosting;

public sealed class CommandStateTests
{
    [Theory]
    [InlineData("Running", "replica", true)]
    [InlineData("Running", "primary", false)]
    [InlineData("Running", null, false)]
    [InlineData("Exited", "replica", false)]
    public void OnlyARunningReplicaCanBeFailedOverTo(string state, string? role, bool expected)
        => Assert.Equal(expected, NodeCommands.CanFailOver(Snapshot(state, role)));

    [Theory]
    [InlineData("Running", true)]
    [InlineData("FailedToStart", true)]
    [InlineData("Forming", false)]
    public void InitializerCanRunAgainWhenItIsNotRunning(string state, bool expected)
        => Assert.Equal(expected, ClusterCommands.CanRunInitializer(Snapshot(state, null)));

    private static CustomResourceSnapshot Snapshot(string state, string? role)
        => new()
        {
            ResourceType = "Container",
            State = state,
            Properties = role is null ? [] : [new ResourcePropertySnapshot(NodeAppearance.RoleProperty, role)],
        };
}
