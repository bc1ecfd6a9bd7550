using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Xunit;

namespace UnitTests.Hosting.Run;

public sealed class NodeRemovalTests : IAsyncLifetime
{
    private readonly TestCluster _cluster = TestCluster.Start();
    private TestApp _app = null!;
    private IRedisClusterNode _leaving = null!;

    public ValueTask InitializeAsync()
    {
        _app = new TestApp(_cluster);
        _leaving = _cluster.Add(isLeaving: true);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task EmptyNodeIsHiddenOnlyOnceItHasStopped()
    {
        var stopping = new TaskCompletionSource();
        OnStop(async () =>
        {
            await stopping.Task;
            await _app.SayAsync(_leaving, KnownResourceStates.Exited, exitCode: 0);
            return CommandResults.Success();
        });
        await FormAsync();
        await _app.EventuallyAsync(() => !_cluster.Resource.Nodes.Contains(_leaving), "the node is no node of the cluster any more");
        Assert.False((await _app.IsSeenAsync(_leaving, _ => true)).Snapshot.IsHidden);
        stopping.SetResult();

        await _app.IsSeenAsync(_leaving, snapshot => snapshot.IsHidden);
        await _app.SaysAsync("redis-node-7 is no longer needed and was empty: stopped and removed, with its data.");
    }

    [Fact]
    public async Task NodeThatCannotBeStoppedIsShownAndStaysANode()
    {
        OnStop(() => Task.FromResult(CommandResults.Failure("it is stuck")));
        await FormAsync();

        await _app.SaysAsync("redis-node-7 is no longer needed and is empty, but was not removed: it is stuck. The next start tries again.");
        Assert.Contains(_leaving, _cluster.Resource.Nodes);
        Assert.False((await _app.IsSeenAsync(_leaving, _ => true)).Snapshot.IsHidden);
    }

    [Theory]
    [InlineData("DBSIZE", ":3\r\n", "it still has 3 keys")]
    [InlineData("CLUSTER NODES", "aaaaaaaa :7007@17007 myself,master - 0 0 0 connected 5", "it still owns slots 5")]
    [InlineData("DBSIZE", "-LOADING Redis is loading the dataset in memory\r\n", "refused DBSIZE: LOADING Redis is loading the dataset in memory")]
    public async Task NodeThatIsNotEmptyByItsOwnWordIsNotTouched(string question, string reply, string reason)
    {
        var answer = _cluster.Fakes[6].Answer;
        _cluster.Fakes[6].Answer = command => command != question ? answer(command) : reply[0] is ':' or '-' ? reply : FakeNode.Text(reply);
        OnStop(() => throw new InvalidOperationException("It must not be stopped."));
        await FormAsync();

        await _app.SaysAsync(reason);
        await _app.SaysAsync("Nothing was removed. Run the initializer again.");
        Assert.Contains(_leaving, _cluster.Resource.Nodes);
    }

    // A cluster without setup does not exist: removing data fails in a way that nobody has foreseen.
    [Fact]
    public async Task RemovingGoesOnAfterAFault()
    {
        OnStop(async () =>
        {
            await _app.SayAsync(_leaving, KnownResourceStates.Exited, exitCode: 0);
            return CommandResults.Success();
        });
        _cluster.Resource.Setup = null!;
        await FormAsync();
        await _app.SaysAsync("Removing nodes of an earlier shape failed and starts again in 1 s. Until then they stay.");

        _leaving = _cluster.Add(isLeaving: true);
        OnStop(() => Task.FromResult(CommandResults.Failure("it is stuck")));
        await _app.SayAsync(_app.Initializer, KnownResourceStates.Running);
        await _app.SayAsync(_app.Initializer, KnownResourceStates.Finished, exitCode: 0);
        await _app.SaysAsync("redis-node-8 is no longer needed and is empty, but was not removed: it is stuck.");
    }

    private void OnStop(Func<Task<ExecuteCommandResult>> stop) =>
        _app.Builder.CreateResourceBuilder(_leaving).WithCommand(KnownResourceCommands.StopCommand, "Stop", _ => stop());

    private async Task FormAsync()
    {
        await _app.SayAsync(_leaving, KnownResourceStates.Running);
        _app.Follow();
        await _app.SayAsync(_app.Initializer, KnownResourceStates.Finished, exitCode: 0);
        await _app.HasStateAsync(KnownResourceStates.Running);
    }
}
