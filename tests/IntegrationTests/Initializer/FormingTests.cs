using RedisCluster.Execution;
using Support;
using Xunit;

namespace IntegrationTests.Initializer;

public sealed class FormingTests : ClusterTest
{
    [Fact]
    public async Task EmptyNodesBecomeAClusterThatRedisCliAgreesWith()
    {
        var nodes = await StartNodesAsync(6);
        await Reconciliation.BecomesReadyAsync(nodes);
        foreach (var node in nodes.All)
        {
            await RedisCli.AssertClusterIsGoodAsync(node);
            Assert.Equal("5000", (await node.AskAsync("CONFIG", "GET", "cluster-node-timeout")).Items[1].Text);
        }
    }

    [Fact]
    public async Task AFormedClusterIsLeftAsItIs()
    {
        var nodes = await StartNodesAsync(6);
        await Reconciliation.BecomesReadyAsync(nodes);
        var before = await Reconciliation.ObserveAsync(nodes);
        var actions = 0;
        var outcome = await Reconciliation.RunAsync(nodes.EndPoints, afterAction: _ => Task.FromResult(actions++));
        Assert.IsType<Outcome.Ready>(outcome);
        Assert.Equal(0, actions);
        var after = await Reconciliation.ObserveAsync(nodes);
        Assert.Equal(before.Nodes.Select(node => (node.Id, node.Slots.ToString())), after.Nodes.Select(node => (node.Id, node.Slots.ToString())));
    }

    [Fact]
    public async Task AClusterWithoutReplicasIsFormedToo()
    {
        var nodes = await StartNodesAsync(3);
        await Reconciliation.BecomesReadyAsync(nodes, replicas: 0);
        await RedisCli.AssertClusterIsGoodAsync(nodes[0]);
    }

    [Fact]
    public async Task AClusterMadeByRedisCliIsAcceptedAsItIs()
    {
        var nodes = await StartNodesAsync(6);
        string[] addresses = [.. nodes.All.Select(node => $"127.0.0.1:{node.Port}")];
        var (exitCode, output) = await RedisCli.RunAsync(nodes[0], ["--cluster", "create", .. addresses, "--cluster-replicas", "1", "--cluster-yes"]);
        Assert.True(exitCode == 0, output);
        await Reconciliation.BecomesReadyAsync(nodes);
        await RedisCli.AssertClusterIsGoodAsync(nodes[5]);
    }

    [Fact]
    public async Task ANodeThatDoesNotAnswerIsNamedWithTheReason()
    {
        var nodes = await StartNodesAsync(6);
        await Reconciliation.BecomesReadyAsync(nodes);
        await nodes[4].KillAsync();
        var observation = await Reconciliation.ObserveAsync(nodes);
        var silent = Assert.Single(observation.Sightings, sighting => sighting is RedisCluster.Topology.UnreachableNode);
        Assert.Equal($"localhost:{nodes[4].Port}", silent.Announced.ToString());
        Assert.Equal("connection refused", ((RedisCluster.Topology.UnreachableNode)silent).Reason);
    }
}
