using RedisCluster.Client;
using Support;
using Xunit;

namespace IntegrationTests.Client;

/// <summary>The list of what is repeated, beside what a server says of its commands and does with them.</summary>
public sealed class RepeatedCommandsTests(SharedCluster cluster)
{
    // A cursor or a random choice means something on one node only; the others ask a node, not for a key.
    private static readonly string[] ReadsThatAreNot = ["DBSIZE", "HSCAN", "KEYS", "LOLWUT", "RANDOMKEY", "SCAN", "SSCAN", "ZSCAN"];

    [Fact]
    public async Task EveryReadOfTheServerThatDoesNotBlockIsInTheListAndNothingElse()
    {
        var node = (await cluster.NodesAsync())[0];
        var commands = (await node.AskAsync("COMMAND")).Items.ToDictionary(command => command.Items[0].Text.ToUpperInvariant(), command => command.Items[2].Items.Select(flag => flag.Text).ToHashSet());
        var reads = commands.Where(command => command.Value.Contains("readonly") && !command.Value.Contains("blocking")).Select(command => command.Key).Except(ReadsThatAreNot).ToList();
        Assert.Empty(reads.Except(RepeatableCalls.Reads));
        // Commands of newer servers are unknown to this one.
        Assert.Equal(reads.Order(), RepeatableCalls.Reads.Where(commands.ContainsKey).Order());

        foreach (var command in RepeatableCalls.Writes.Select(write => write.Command))
        {
            Assert.Contains("write", commands[command]);
            var documented = (await node.AskAsync("COMMAND", "DOCS", command)).Items;
            Assert.Equal(command, documented[0].Text, ignoreCase: true);
            Assert.DoesNotContain(documented[1].Items, entry => entry.Text == "deprecated");
        }
    }

    [Theory]
    [InlineData("SET", "{twice-1}", "new")]
    [InlineData("SET", "{twice-2}", "new", "PX", "60000")]
    [InlineData("MSET", "{twice-3}", "new", "{twice-3}:2", "new")]
    [InlineData("SETRANGE", "{twice-4}", "1", "new")]
    public async Task AppliedTwiceItHasTheSameEffectAndTheSameAnswer(params string[] command)
    {
        var nodes = await cluster.NodesAsync();
        var node = await FormedCluster.PrimaryOfAsync(nodes, nodes[0], command[1]);
        await node.AskAsync("SET", command[1], "old");
        Assert.Equal(await AnswerAsync(node, command), await AnswerAsync(node, command));
    }

    private static async Task<(string Answer, string Value)> AnswerAsync(RedisNode node, string[] command)
    {
        var answer = await node.AskTextAsync(command);
        return (answer, await node.AskTextAsync("GET", command[1]));
    }
}
