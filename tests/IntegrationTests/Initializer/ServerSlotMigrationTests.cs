using System.Text;
using RedisCluster.Execution;
using RedisCluster.Topology;
using RedisCluster.Wire;
using Support;
using Xunit;

namespace IntegrationTests.Initializer;

/// <summary>CLUSTER MIGRATION of Redis 8.4 has no server here: this fake answers as its documentation says and records what it was asked.</summary>
public sealed class ServerSlotMigrationTests : ClusterTest
{
    private static readonly NodeId Source = new("a");
    private static readonly NodeId Target = new("b");

    [Fact]
    public async Task RedisIsAskedAtTheTargetUntilTheTaskIsCompleted()
    {
        var asked = new List<string>();
        var states = new Queue<string?>([null, "in_progress", "completed"]);
        await ServerSlotMigrations.MoveAsync(
            (_, _) => throw new InvalidOperationException("Expected nothing to be asked of the source."),
            Fake(asked, states),
            Target,
            ServerKind.Redis,
            SlotSet.Parse("0-100,200"),
            CancellationToken);
        Assert.Equal(
            ["CLUSTER MIGRATION STATUS ALL", "CLUSTER MIGRATION IMPORT 0 100 200 200", "CLUSTER MIGRATION STATUS ALL", "CLUSTER MIGRATION STATUS ALL"],
            asked);
    }

    [Fact]
    public async Task AFailedTaskIsAnErrorWithTheServersWords()
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => ServerSlotMigrations.MoveAsync(
            Fake([], new Queue<string?>()), Fake([], new Queue<string?>([null, "failed"])), Target, ServerKind.Redis, SlotSet.Parse("0-100,200"), CancellationToken));
        Assert.Equal("moving slots 0-100,200 failed: out of memory", exception.Message);
    }

    [Fact]
    public async Task ARunThatEndsCancelsTheMove()
    {
        using var end = new CancellationTokenSource();
        var asked = new List<string>();
        var fake = Fake(asked, new Queue<string?>([null, "in_progress"]));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ServerSlotMigrations.MoveAsync(
            fake,
            async (command, token) =>
            {
                token.ThrowIfCancellationRequested();
                var reply = await fake(command, token);
                if (asked.Count == 3)
                {
                    await end.CancelAsync();
                }

                return reply;
            },
            Target,
            ServerKind.Redis,
            SlotSet.Parse("0-100,200"),
            end.Token));
        Assert.Equal("CLUSTER MIGRATION CANCEL ALL", asked[^1]);
    }

    [Fact]
    public async Task ValkeyMovesSlotsByItself()
    {
        var nodes = await StartNodesAsync(4, await TestServers.OfSuiteAsync("valkey-server", "sid"));
        await Reconciliation.BecomesReadyAsync(nodes, replicas: 0);
        await using var connection = await nodes.ConnectAsync();
        var keys = await StoredKeys.WriteAsync(connection.GetDatabase(), 2_000);
        await using var traffic = await Traffic.StartAsync(nodes);
        await Reconciliation.BecomesReadyAsync(nodes, shards: 4, replicas: 0);
        Assert.InRange(Flatten(await nodes[3].AskAsync("CLUSTER", "GETSLOTMIGRATIONS")).Count(word => word == "success"), 3, 10); // One or more from each shard.
        await keys.AssertAllAreThereAsync(connection.GetDatabase());
        await RedisCli.AssertClusterIsGoodAsync(nodes[3]);
        await traffic.AssertNothingFailedAsync();
    }

    private static IEnumerable<string> Flatten(Reply reply) => reply.Items.Count > 0 ? reply.Items.SelectMany(Flatten) : [reply.Text];

    // Null: no task is known.
    private static NodeCommand Fake(List<string> asked, Queue<string?> states) => (command, _) =>
    {
        asked.Add(string.Join(' ', command));
        if (command[2] is "IMPORT")
        {
            return Task.FromResult(Text("task"));
        }

        var state = command[2] is "STATUS" ? states.Dequeue() : null;
        string[] fields = ["id", "task", "slots", "0-100 200", "source", Source.Value, "dest", Target.Value, "operation", "import", "state", state ?? "", "last_error", state == "failed" ? "out of memory" : ""];
        return Task.FromResult(new Reply(null, state is null ? [] : [new Reply(null, [.. fields.Select(Text)])]));
    };

    private static Reply Text(string text) => new(Encoding.UTF8.GetBytes(text), []);
}
