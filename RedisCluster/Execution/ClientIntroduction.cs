using Microsoft.Extensions.Logging;
using RedisCluster.Topology;
using RedisCluster.Wire;

namespace RedisCluster.Execution;

/// <summary>
/// Has connected clients read the topology, by the channel on which StackExchange.Redis listens at every node. This driver follows MOVED to a node
/// that is new to it, but not ASK: the call fails with "Endpoint ... is not reachable", because a node counts only once it is connected. It also
/// follows one redirection of a call and not two, which a map from before an earlier move can need.
/// </summary>
internal sealed class ClientIntroduction(NodeConnections connections, TimeProvider time, ILogger logger)
{
    private const string Channel = "__Booksleeve_MasterChanged";

    // "*": nobody is to blame, all nodes are asked anew.
    private static readonly object[] Announcement = ["PUBLISH", Channel, "*"];

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    // A client that is busy with an earlier announcement skips this one.
    private static readonly TimeSpan RepeatAfter = TimeSpan.FromMilliseconds(100);

    // A client that cannot reach the node at all (in a container, where localhost is the container itself) is not waited for any longer.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Returns when the clients have re-read the topology and are connected to a node, or will not be. The node must own a slot: the driver does not
    /// connect to one without.
    /// </summary>
    /// <param name="node">The node to be known.</param>
    /// <param name="others">Other nodes with slots.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task ToAsync(NodeAddress node, IReadOnlyCollection<NodeAddress> others, CancellationToken cancellationToken)
    {
        // The fewest: a client that knows a node by two addresses listens twice.
        var listeners = (await Task.WhenAll(others.Select(other => ListenersAsync(other, cancellationToken)))).Min();
        if (listeners == 0)
        {
            return;
        }

        var known = await AnnounceUntilAsync(async () => await ListenersAsync(node, cancellationToken) >= listeners);

        // Reading the topology, a client asks all of its seeds, and none of the nodes that it has found since.
        var before = await QuestionsAsync(others, cancellationToken);
        var read = known && await AnnounceUntilAsync(
            async () => (await QuestionsAsync(others, cancellationToken)).Zip(before, (now, then) => now - then).Max() >= listeners);
        if (!read)
        {
            logger.ClientsNotIntroduced(await ListenersAsync(node, cancellationToken), listeners, node.ToString(), LongestWait.TotalSeconds);
        }

        Task<bool> AnnounceUntilAsync(Func<Task<bool>> condition)
        {
            var announced = 0L;
            return Until.HoldsAsync(
                async token =>
                {
                    if (announced == 0 || time.GetElapsedTime(announced) >= RepeatAfter)
                    {
                        announced = time.GetTimestamp();
                        await AnnounceAsync(node, token);
                    }

                    return await condition();
                },
                LongestWait,
                Pause,
                time,
                cancellationToken);
        }
    }

    /// <summary>Lets all clients know that the topology has changed, without waiting for what they do.</summary>
    public Task AnnounceAsync(NodeAddress node, CancellationToken cancellationToken) => connections.SendAsync(node, Announcement, cancellationToken);

    // [channel, subscribers]
    private async Task<long> ListenersAsync(NodeAddress node, CancellationToken cancellationToken) =>
        (await connections.SendAsync(node, ["PUBSUB", "NUMSUB", Channel], cancellationToken)).Items[1].Number;

    private async Task<long[]> QuestionsAsync(IEnumerable<NodeAddress> nodes, CancellationToken cancellationToken) =>
        await Task.WhenAll(nodes.Select(node => QuestionsAsync(node, cancellationToken)));

    // A client asks CLUSTER SLOTS while it connects and whenever it reads the topology.
    // cmdstat_cluster|slots:calls=2,usec=68,...
    private async Task<long> QuestionsAsync(NodeAddress node, CancellationToken cancellationToken) =>
        new InfoReply((await connections.SendAsync(node, ["INFO", "commandstats"], cancellationToken)).Text).Number("cmdstat_cluster|slots", "calls");
}
