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

    [Fact]
    public async Task SayingGoesOnAfterAFault()
    {
        _app.Faults.FailsOnce = true;
        _app.Follow();
        await _app.HasStateAsync("Forming");
        await UntilSaidAsync(_cluster.Resource.Nodes[1], () => !_app.Faults.FailsOnce);

        await _app.SaysAsync("Following the ends of resources failed and starts again in 1 s. Until then AppHost's console does not say when one ends.");
        await UntilSaidAsync(_cluster.Resource.Nodes[2], () => _app.Console.Any(line => line.StartsWith("redis-node-3 ended with exit code 1 ", StringComparison.Ordinal)));
    }

    // Where following begins again, only later changes are seen: so it ends again until it is seen.
    private async Task UntilSaidAsync(IResource node, Func<bool> isSaid)
    {
        for (var tries = 0; !isSaid(); tries++)
        {
            Assert.True(tries < 100, $"Expected the end of {node.Name} to be said.");
            await _app.SayAsync(node, KnownResourceStates.Running);
            await _app.SayAsync(node, KnownResourceStates.Exited, exitCode: 1);
            await Task.Delay(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);
        }
    }

    private async Task EndAsync(IResource resource, string before, int exitCode)
    {
        await SeeAsync(before, exitCode: null);
        await SeeAsync(KnownResourceStates.Exited, exitCode);
        Task SeeAsync(string state, int? exitCode) => _ends.SeeAsync(
            new ResourceEvent(resource, resource.Name, new CustomResourceSnapshot { ResourceType = "any", Properties = [], State = state, ExitCode = exitCode }), TestContext.Current.CancellationToken);
    }
}
