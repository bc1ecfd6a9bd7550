using System.Collections.Concurrent;
using RedisCluster.Topology;
using RedisCluster.Wire;
using Support;

namespace Bench.Campaign;

/// <summary>What came of one command about a key.</summary>
/// <param name="Node">The index of the node that answered last.</param>
/// <param name="Reply">Its answer; null when it refused, or when nobody knows.</param>
/// <param name="IsInDoubt">The command was sent, and no answer came: it may have been carried out.</param>
/// <param name="Replication">What the node said of its replication right after it.</param>
internal sealed record Answer(int Node, Reply? Reply, bool IsInDoubt, InfoReply? Replication);

/// <summary>
/// A client that says which node answered, which a driver does not: it follows MOVED and ASK, and asks anybody where it knows nobody. All keys of a tag are in one
/// slot. For one caller at a time.
/// </summary>
internal sealed class Route(IReadOnlyList<NodeAddress> nodes, ConcurrentDictionary<string, int> owners, int seed) : IAsyncDisposable
{
    private const int MostRedirections = 5;
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(1);

    private readonly Dictionary<int, NodeConnection> _connections = [];
    private readonly Random _random = new(seed);

    public async Task<Answer> SendAsync(string tag, object[] command)
    {
        var node = owners.TryGetValue(tag, out var known) ? known : _random.Next(nodes.Count);
        var asking = false;
        for (var redirection = 0; ; redirection++)
        {
            Task<Reply>? sent = null;
            try
            {
                var connection = await ConnectAsync(node);
                _ = asking ? connection.SendAsync(["ASKING"], CancellationToken.None) : null;
                sent = connection.SendAsync(command, CancellationToken.None);
                var replication = connection.SendAsync(["INFO", "replication"], CancellationToken.None);
                var reply = await sent;
                if (!asking)
                {
                    owners[tag] = node;
                }

                return new Answer(node, reply, IsInDoubt: false, new InfoReply((await replication).Text));
            }
            catch (NodeRefusedException refused) when (redirection < MostRedirections && Target(refused.Error) is { } target)
            {
                asking = refused.Error.StartsWith("ASK ", StringComparison.Ordinal);
                node = target;
            }
            catch (NodeRefusedException)
            {
                owners.TryRemove(tag, out _);
                return new Answer(node, null, IsInDoubt: false, null);
            }
            catch (NodeUnreachableException)
            {
                owners.TryRemove(tag, out _);
                await DropAsync(node);
                return new Answer(node, null, IsInDoubt: sent is not null, null);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections.Values)
        {
            await connection.DisposeAsync();
        }
    }

    private async Task<NodeConnection> ConnectAsync(int node)
    {
        if (_connections.TryGetValue(node, out var open) && open.IsOpen)
        {
            return open;
        }

        await DropAsync(node);
        return _connections[node] = await NodeConnection.OpenAsync(nodes[node], user: null, RedisNodes.Password, TimeSpan.Zero, CancellationToken.None, AnswerTimeout);
    }

    private async Task DropAsync(int node)
    {
        if (_connections.Remove(node, out var connection))
        {
            await connection.DisposeAsync();
        }
    }

    // MOVED 3999 localhost:7002
    private int? Target(string error) =>
        error.Split(' ') is ["MOVED" or "ASK", _, var address] && nodes.Index().FirstOrDefault(node => address.EndsWith($":{node.Item.Port}", StringComparison.Ordinal), (-1, null!)) is (>= 0 and var index, _)
            ? index : null;
}
