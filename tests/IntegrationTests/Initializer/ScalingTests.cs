using RedisCluster.Execution;
using RedisCluster.Planning;
using RedisCluster.Wire;
using StackExchange.Redis;
using Support;
using Xunit;

namespace IntegrationTests.Initializer;

/// <summary>Scaling by changing a number, with data, while an application goes on.</summary>
public sealed class ScalingTests : ClusterTest
{
    [Fact]
    public async Task ThreeShardsBecomeFiveAndThreeAgainWithoutAFailedCall()
    {
        var nodes = await StartNodesAsync(6);
        await Reconciliation.BecomesReadyAsync(nodes);
        await using var connection = await nodes.ConnectAsync();
        var keys = await StoredKeys.WriteAsync(connection.GetDatabase(), 5_000);
        await using var traffic = await Traffic.StartAsync(nodes);

        await nodes.AddAsync(4);
        await Reconciliation.BecomesReadyAsync(nodes, shards: 5);
        await RedisCli.AssertClusterIsGoodAsync(nodes[9]);
        await keys.AssertAllAreThereAsync(connection.GetDatabase());

        await Reconciliation.BecomesReadyAsync(nodes, shards: 3);
        await RedisCli.AssertClusterIsGoodAsync(nodes[0]);
        await using var later = await nodes.ConnectAsync(count: 6);
        await keys.AssertAllAreThereAsync(later.GetDatabase());
        foreach (var leaver in nodes.All.Skip(6))
        {
            Assert.Equal(0, (await leaver.AskAsync("DBSIZE")).Number);
        }

        var p99 = await traffic.AssertNothingFailedAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"p99 of the traffic: {p99:F1} ms");
    }

    // As a replica it would load the data of the new owner, and tell clients that are late so (LOADING) instead of where the key is.
    [Fact]
    public async Task ANodeThatLosesItsLastSlotStillSendsClientsToTheNewOwners()
    {
        var nodes = await StartNodesAsync(4);
        await Reconciliation.BecomesReadyAsync(nodes, shards: 4, replicas: 0);
        await using var connection = await nodes.ConnectAsync();
        var emptied = nodes[3];
        var answers = new List<string>();
        var outcome = await Reconciliation.RunAsync(nodes.EndPoints, shards: 3, replicas: 0, async action =>
        {
            if (action is MoveSlots move)
            {
                Assert.Equal(emptied.EndPoint, move.Source.Announced.ToString());
                var key = Enumerable.Range(0, int.MaxValue).Select(number => $"{number}").First(key => move.Slots.Contains(connection.HashSlot(key)));
                var redirect = await Assert.ThrowsAsync<NodeRefusedException>(() => emptied.AskAsync("GET", key));
                answers.Add($"{(await emptied.AskAsync("ROLE")).Items[0].Text} {redirect.Error.Split(' ')[0]}");
            }
        });
        Assert.IsType<Outcome.Ready>(outcome);
        Assert.Equal(3, answers.Count);
        Assert.All(answers, answer => Assert.Equal("master MOVED", answer));
    }

    // Replicas that become primaries are remembered with epochs of their earlier shards, which grow with every move, and are not to bring back their keys.
    [Fact]
    public async Task TheSameNodesTakeOneShapeAfterTheOther()
    {
        var nodes = await StartNodesAsync(6);
        var keys = await Reconciliation.FormWithKeysAsync(nodes, 1_000);
        foreach (var (shards, replicas) in new[] { (6, 0), (3, 1), (4, 0), (3, 1), (5, 0) })
        {
            await Reconciliation.BecomesReadyAsync(nodes, shards, replicas);
            await RedisCli.AssertClusterIsGoodAsync(nodes[0]);
            await using var connection = await nodes.ConnectAsync(count: shards * (1 + replicas));
            await keys.AssertAllAreThereAsync(connection.GetDatabase());
        }

        await Reconciliation.AllIsWrittenAsync(nodes);
        await Task.WhenAll(nodes.All.Select(node => node.RestartAsync()));
        Assert.Equal(1_000L, (await Task.WhenAll(nodes.All.Select(node => node.AskAsync("DBSIZE")))).Sum(answer => answer.Number));
    }

    [Fact]
    public async Task ReplicasComeAndGo()
    {
        var nodes = await StartNodesAsync(6);
        await Reconciliation.BecomesReadyAsync(nodes);
        await using var connection = await nodes.ConnectAsync();
        var keys = await StoredKeys.WriteAsync(connection.GetDatabase(), 1_000);
        await using var traffic = await Traffic.StartAsync(nodes);
        await nodes.AddAsync(3);
        foreach (var replicas in (int[])[2, 0])
        {
            await Reconciliation.BecomesReadyAsync(nodes, replicas: replicas);
            await RedisCli.AssertClusterIsGoodAsync(nodes[0]);
            await keys.AssertAllAreThereAsync(connection.GetDatabase());
        }

        await traffic.AssertNothingFailedAsync();
    }

    // Servers that take seconds for one key are given up by their peers when the processors are shared.
    [Fact(DisableParallelization = true)]
    public async Task BigKeysAndTimesToLiveMoveToo()
    {
        var nodes = await StartNodesAsync(4);
        await Reconciliation.BecomesReadyAsync(nodes, replicas: 0);
        await using var connection = await nodes.ConnectAsync();
        var database = connection.GetDatabase();

        // Slot 15495 and its neighbours leave the last shard when a fourth one is added: "a" is slot 15495.
        var field = new byte[1024 * 1024];
        foreach (var part in Enumerable.Range(0, 64))
        {
            await database.HashSetAsync("{a}hash", part, field);
        }

        foreach (var part in Enumerable.Range(0, 100))
        {
            await database.SetAddAsync("{a}set", [.. Enumerable.Range(part * 10_000, 10_000).Select(i => (RedisValue)i)]);
        }

        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => database.StringSetAsync($"{{a}}{i}", i, TimeSpan.FromHours(1))));
        var owner = await OwnerAsync(nodes);
        var observation = await Reconciliation.ObserveAsync(nodes);
        var other = observation.Nodes.First(node => node.Id != owner.Id && !node.Slots.IsEmpty);
        await Reconciliation.MoveAsync(SlotMoves.Move(observation, owner, other, RedisCluster.Topology.SlotSet.Of([15495])));

        Assert.Equal(other.Id, (await OwnerAsync(nodes)).Id);
        Assert.Equal(64, await database.HashLengthAsync("{a}hash"));
        Assert.Equal(1_000_000, await database.SetLengthAsync("{a}set"));
        foreach (var i in (int[])[0, 250, 499])
        {
            Assert.Equal(i, (int)await database.StringGetAsync($"{{a}}{i}"));
            Assert.InRange((await database.KeyTimeToLiveAsync($"{{a}}{i}"))!.Value, TimeSpan.FromMinutes(50), TimeSpan.FromHours(1));
        }

        await RedisCli.AssertClusterIsGoodAsync(nodes[0]);
    }

    // The role of a node is what it is now, not what it was when the connection was made.
    [Fact]
    public async Task AReplicaThatIsPromotedUnderwayTakesTheCommandsOfAPrimary()
    {
        var nodes = await StartNodesAsync(6);
        await Reconciliation.BecomesReadyAsync(nodes);
        var node = (await Reconciliation.ObserveAsync(nodes)).Nodes.First(node => node.IsReplica).Announced;
        await using var connections = new NodeConnections(null, RedisNodes.Password);
        Assert.Equal("slave", (await connections.SendAsync(node, ["ROLE"], CancellationToken)).Items[0].Text);

        await connections.SendAsync(node, ["CLUSTER", "FAILOVER"], CancellationToken);
        await Eventually.HoldsAsync($"{node} is a primary", async token => (await connections.SendAsync(node, ["ROLE"], token)).Items[0].Text == "master");

        var owner = (await Reconciliation.ObserveAsync(nodes)).Nodes.Single(observed => observed.Announced == node);
        var number = 0;
        while (!owner.Slots.Contains((int)(await connections.SendAsync(node, ["CLUSTER", "KEYSLOT", $"{number}"], CancellationToken)).Number))
        {
            number++;
        }

        Assert.Equal("NOKEY", (await connections.SendAsync(node, ["MIGRATE", "localhost", 1, $"{number}", 0, 1000], CancellationToken)).Text);
        Assert.Equal("OK", (await connections.SendAsync(node, ["FLUSHALL"], CancellationToken)).Text);
    }

    private static async Task<RedisCluster.Topology.NodeObservation> OwnerAsync(RedisNodes nodes) =>
        (await Reconciliation.ObserveAsync(nodes)).Nodes.Single(node => node.Slots.Contains(15495));
}
