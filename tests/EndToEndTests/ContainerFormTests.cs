using EndToEndTests.App;
using Xunit;

namespace EndToEndTests;

[Trait("Form", nameof(NodeForm.Container))]
public sealed class ContainerFormTests(ContainerFormApp app) : ClusterFacts(app), IClassFixture<ContainerFormApp>
{
    [Fact]
    public async Task PasswordIsNotInDockerInspect()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var run = await app.StartedAsync(cancellationToken);
        var containers = await ContainerEngine.ContainersAsync(run.Settings.NodePorts, cancellationToken);
        Assert.Equal(AppHostSettings.NodeCount, containers.Count);
        Assert.DoesNotContain(run.Settings.Password, await ContainerEngine.InspectAsync(containers, cancellationToken), StringComparison.Ordinal);
    }
}
