using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Xunit;

namespace UnitTests.Hosting.Run;

public sealed class ClusterLifecycleTests : IAsyncLifetime
{
    private readonly TestCluster _cluster = TestCluster.Start();
    private TestApp _app = null!;

    public ValueTask InitializeAsync()
    {
        _app = new TestApp(_cluster);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task ClusterIsFormingUntilTheInitializerHasSucceededAndAgainWhenItRunsAgain()
    {
        _app.Follow();
        await _app.HasStateAsync("Forming");
        await _app.SayAsync(_app.Initializer, KnownResourceStates.Running);
        await _app.SayAsync(_app.Initializer, KnownResourceStates.Finished, exitCode: 0);
        await _app.HasStateAsync(KnownResourceStates.Running);
        await _app.SaysAsync("redis is formed.");

        await _app.SayAsync(_app.Initializer, KnownResourceStates.Running);
        await _app.HasStateAsync("Forming");
        await _app.SayAsync(_app.Initializer, KnownResourceStates.Finished, exitCode: 0);
        await _app.HasStateAsync(KnownResourceStates.Running);
    }

    [Fact]
    public async Task FailedInitializerIsNamedWithWhatToDoAndTheNextRunForms()
    {
        _app.Follow();
        await _app.HasStateAsync("Forming");
        await _app.SayAsync(_app.Initializer, KnownResourceStates.Finished, exitCode: 1);
        await _app.HasStateAsync(KnownResourceStates.FailedToStart);
        await _app.SaysAsync("initializer ended with exit code 1. Its log says what it expected and what it found. Run it again with the command \"Run initializer\" of redis.");

        await _app.SayAsync(_app.Initializer, KnownResourceStates.Running);
        await _app.HasStateAsync("Forming");
    }

    [Fact]
    public async Task NodeThatEndsBeforeTheClusterIsFormedIsNamed()
    {
        _app.Follow();
        await _app.HasStateAsync("Forming");
        await _app.SayAsync(_cluster.Resource.Nodes[1], KnownResourceStates.Exited, exitCode: 1);
        await _app.HasStateAsync(KnownResourceStates.FailedToStart);
        await _app.SaysAsync("redis-node-2 ended with exit code 1 before the cluster was formed.");
    }

    [Fact]
    public async Task NodeThatEndsLaterChangesHealthAndNotTheState()
    {
        await FormAsync();
        var asked = _cluster.Fakes[0].Commands.Count;
        await _app.EventuallyAsync(() => _cluster.Fakes[0].Commands.Count > asked + 4, "the formed cluster is observed as healthy");
        await _app.SayAsync(_cluster.Resource.Nodes[5], KnownResourceStates.Exited, exitCode: 0);

        await _app.SaysAsync("redis is Degraded: 5/6 nodes reachable; all slots have an owner.");
        await _app.HasStateAsync(KnownResourceStates.Running);
    }

    [Fact]
    public async Task RolesShowWhileNodesRunAndAreGoneWhenTheyStop()
    {
        var replica = _cluster.Resource.Nodes[3];
        await FormAsync();
        var shown = await _app.IsSeenAsync(replica, snapshot => snapshot.IconName == "Copy");
        Assert.Equal(
            [("redis.role", "replica"), ("redis.replicates", "redis-node-1")],
            shown.Snapshot.Properties.Where(property => property.Name.StartsWith("redis.", StringComparison.Ordinal)).Select(property => (property.Name, property.Value as string)));
        await _app.IsSeenAsync(_cluster.Resource, snapshot => snapshot.Properties.Any(property => property.Value as string == "3 shards, 3 replicas up"));

        await _app.SayAsync(replica, KnownResourceStates.Exited, exitCode: 0);
        await _app.IsSeenAsync(replica, snapshot => snapshot.IconName == "DatabaseLightning" && !snapshot.Properties.Any(property => property.Name == "redis.role"));
    }

    // Forming would last for ever when nobody followed the resources any more. A command's state is asked for whenever something is shown.
    [Fact]
    public async Task FollowingGoesOnAfterAFault()
    {
        FailOnce(_cluster.Resource, snapshot => snapshot.State?.Text == KnownResourceStates.Running);
        _app.Follow();
        await _app.HasStateAsync("Forming");
        await _app.SayAsync(_app.Initializer, KnownResourceStates.Finished, exitCode: 0);

        await _app.SaysAsync("Following the resources failed and starts again in 1 s. Until then the state of redis does not change when nodes and initializer do.");
        await _app.HasStateAsync(KnownResourceStates.Running);
    }

    [Fact]
    public async Task ShowingGoesOnAfterAFault()
    {
        var node = _cluster.Resource.Nodes[0];
        FailOnce(node, snapshot => snapshot.IconName == "Crown");
        await FormAsync();

        await _app.SaysAsync("Watching the nodes failed and starts again in 1 s. Until then roles, slots and health of redis in the dashboard are old.");
        await _app.IsSeenAsync(node, snapshot => snapshot.IconName == "Crown");
    }

    [Fact]
    public async Task ObservingGoesOnAfterAFault()
    {
        await using var cluster = TestCluster.Start(password: () => throw new InvalidOperationException("a fault"));
        await using var app = new TestApp(cluster);
        app.Follow();

        await app.SaysAsync("Watching the nodes failed and starts again in 1 s.");
        await app.SaysAsync("Watching the nodes failed and starts again in 2 s.");
    }

    [Fact]
    public async Task ConnectionStringIsOfferedAgainAfterAFault()
    {
        var calls = 0;
        _app.Builder.Eventing.Subscribe<ConnectionStringAvailableEvent>(_cluster.Resource, (_, _) => calls++ == 0 ? throw new InvalidOperationException("a fault") : Task.CompletedTask);
        _app.Follow();

        await _app.SaysAsync("Publishing the connection string failed and starts again in 1 s. Until then resources that reference redis do not start.");
        await _app.HasStateAsync("Forming");
        await _app.EventuallyAsync(() => calls == 2, "the event is published again");
    }

    private void FailOnce(IResource resource, Func<CustomResourceSnapshot, bool> when)
    {
        var isDue = true;
        _app.Builder.CreateResourceBuilder(resource).WithCommand("odd", "Odd", _ => Task.FromResult(CommandResults.Success()), new CommandOptions
        {
            UpdateState = context => isDue && when(context.ResourceSnapshot) ? throw Fault(ref isDue) : ResourceCommandState.Enabled,
        });
    }

    private static InvalidOperationException Fault(ref bool isDue)
    {
        isDue = false;
        return new InvalidOperationException("a fault");
    }

    private async Task FormAsync()
    {
        foreach (var node in _cluster.Resource.Nodes)
        {
            await _app.SayAsync(node, KnownResourceStates.Running);
        }

        _app.Follow();
        await _app.SayAsync(_app.Initializer, KnownResourceStates.Finished, exitCode: 0);
        await _app.HasStateAsync(KnownResourceStates.Running);
    }
}
