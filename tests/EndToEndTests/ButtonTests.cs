using Aspire.Hosting.ApplicationModel;
using EndToEndTests.App;
using Support;
using Xunit;

namespace EndToEndTests;

/// <summary>The five buttons as the dashboard presses them, each with its refusal.</summary>
[Collection<SharesProcessForm>]
[Trait("Form", nameof(NodeForm.Process))]
public sealed class ButtonTests(ProcessFormApp app)
{
    private const string Whole = "6/6 nodes reachable; all slots have an owner";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TopologyIsATableOfTheNodes()
    {
        var run = await WholeAsync();

        var table = (await run.PressAsync("redis", "topology", [], Token)).Data!.Value;

        Assert.StartsWith($"{Whole}\n\n| Node | Address | Role | Slots or primary | Keys |\n", table, StringComparison.Ordinal);
        Assert.All(run.Settings.NodePorts, port => Assert.Matches(
            $@"\| {run.Settings.NodeName(port)} \| localhost:{port} \| (primary \| [0-9,-]+|replica \| redis-node-[1-6]) \| [0-9]+ \|", table));
    }

    [Fact]
    public async Task KeyIsFoundOnItsNodeAndAnUnknownOneDoesNotExist()
    {
        var run = await WholeAsync();
        using var client = run.CreateClient();
        using var stored = await client.PutAsync(new Uri("/kv/here", UriKind.Relative), new StringContent("value"), Token);
        stored.EnsureSuccessStatusCode();

        var here = await run.PressAsync("redis", "find-key", ["here"], Token);
        var absent = await run.PressAsync("redis", "find-key", ["not here"], Token);
        var none = await run.PressAsync("redis", "find-key", [], Token);

        Assert.Matches(@"\| `here` \| [0-9]+ \| redis-node-[1-6] \| yes \|", here.Data!.Value);
        Assert.Matches(@"\| `not here` \| [0-9]+ \| redis-node-[1-6] \| no \|", absent.Data!.Value);
        Assert.False(none.Success);
    }

    [Fact]
    public async Task ReplicaIsMadePrimaryAndAPrimaryIsNot()
    {
        var run = await WholeAsync();
        var primary = await run.Settings.AnyPrimaryAsync(Token);
        var replica = await run.Settings.ReplicaOfAsync(primary, Token);

        var done = await run.PressAsync(run.Settings.NodeName(replica), "failover", [], Token);

        Assert.True(done.Success, done.Message);
        Assert.Equal("master", await run.Settings.RoleAsync(replica, Token));
        var refused = await run.PressAsync(run.Settings.NodeName(replica), "failover", [], Token);
        Assert.Equal((false, $"{run.Settings.NodeName(replica)} is a primary already. Fail over to one of its replicas."), (refused.Success, refused.Message));
    }

    [Fact]
    public async Task NodeCrashesOnce()
    {
        var run = await WholeAsync();
        var name = run.Settings.NodeName(await run.Settings.AnyPrimaryAsync(Token));

        var done = await run.PressAsync(name, "crash", [], Token);
        await run.UntilAsync(resources => resources[name].Any(node => node.State?.Text is "Exited" or "Finished"), $"{name} has ended", Limit, Token);
        var refused = await run.PressAsync(name, "crash", [], Token);
        var unreachable = await run.PressAsync(name, "failover", [], Token);

        Assert.True(done.Success, done.Message);
        Assert.Equal((false, $"{name} is not running."), (refused.Success, refused.Message));
        Assert.Equal((false, $"{name} is not reachable."), (unreachable.Success, unreachable.Message));
        await run.ExecuteAsync(name, KnownResourceCommands.StartCommand, Token);

        // A primary refuses all keys for up to the node timeout after it has come back.
        await run.UntilWholeAsync(Limit, Token);
    }

    [Fact]
    public async Task InitializerRunsAgainAndNotTwiceAtATime()
    {
        var run = await WholeAsync();

        var done = await run.PressAsync("redis", "run-initializer", [], Token);
        await run.UntilAsync(resources => resources["redis"].Any(redis => redis.State?.Text == "Forming"), "redis is Forming", Limit, Token);
        var refused = await run.PressAsync("redis", "run-initializer", [], Token);

        Assert.True(done.Success, done.Message);
        Assert.Equal((false, "redis is Forming. The initializer can run again when it has ended."), (refused.Success, refused.Message));
    }

    private async Task<RunningAppHost> WholeAsync()
    {
        var run = await app.StartedAsync(Token);
        await run.UntilWholeAsync(Limit, Token);
        await Eventually.HoldsAsync(
            "the cluster is whole after the fact before",
            async token => (await run.PressAsync("redis", "topology", [], token)).Message == Whole,
            Limit,
            pause: TimeSpan.FromMilliseconds(100));
        return run;
    }
}
