using Aspire.Hosting.ApplicationModel;
using RedisCluster.Hosting.Run;
using Xunit;

namespace UnitTests.Hosting.Run;

/// <summary>What ends unasked is on AppHost's console with its last words, and what was stopped is not.</summary>
public sealed class UnexpectedEndsTests : IAsyncLifetime
{
    private readonly TestCluster _cluster = TestCluster.Start();
    private TestApp _app = null!;
    private UnexpectedEnds _ends = null!;

    private IResource Node => _cluster.Resource.Nodes[1];

    public ValueTask InitializeAsync()
    {
        _app = new TestApp(_cluster);
        _ends = new UnexpectedEnds(_cluster.Resource, _app.Started);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task NodeThatEndsIsNamedWithItsLastWords()
    {
        _app.Print(Node, "*** FATAL CONFIG FILE ERROR ***");
        _app.Print(Node, "Bad directive or wrong number of arguments");
        await EndAsync(Node, KnownResourceStates.Running, exitCode: 1);

        Assert.Equal(["redis-node-2 ended with exit code 1 and was not stopped. Its log ends with:\n*** FATAL CONFIG FILE ERROR ***\nBad directive or wrong number of arguments"], _app.Console);
    }

    [Fact]
    public async Task ResourceThatReferencesTheClusterIsNamedAndAnotherIsNot()
    {
        var api = new TestResource("api");
        api.Annotations.Add(new ResourceRelationshipAnnotation(_cluster.Resource, "Reference"));
        await EndAsync(new TestResource("other"), KnownResourceStates.Running, exitCode: 1);
        await EndAsync(api, KnownResourceStates.Running, exitCode: 134);

        Assert.Equal(["api ended with exit code 134 and was not stopped. Its log is empty."], _app.Console);
    }

    [Fact]
    public async Task StoppedNodeAndInitializerThatSucceededAreNotNamedAndAFailedOneIs()
    {
        await EndAsync(Node, KnownResourceStates.Stopping, exitCode: 0);
        await EndAsync(_app.Initializer, KnownResourceStates.Running, exitCode: 0);
        _app.Print(_app.Initializer, "refused");
        await EndAsync(_app.Initializer, KnownResourceStates.Running, exitCode: 1);

        Assert.Equal(["initializer ended with exit code 1 and was not stopped. Its log ends with:\nrefused"], _app.Console);
    }

    private async Task EndAsync(IResource resource, string before, int exitCode)
    {
        await SeeAsync(before, exitCode: null);
        await SeeAsync(KnownResourceStates.Exited, exitCode);
        Task SeeAsync(string state, int? exitCode) => _ends.SeeAsync(
            new ResourceEvent(resource, resource.Name, new CustomResourceSnapshot { ResourceType = "any", Properties = [], State = state, ExitCode = exitCode }), TestContext.Current.CancellationToken);
    }
}
