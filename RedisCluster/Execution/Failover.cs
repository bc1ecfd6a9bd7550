using RedisCluster.Planning;
using RedisCluster.Topology;
using RedisCluster.Wire;

namespace RedisCluster.Execution;

/// <summary>Makes a replica the primary of its shard.</summary>
internal static class Failover
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Orders the failover and returns when the node says itself that it is a primary; one that is a primary already is left alone.</summary>
    /// <param name="replica">The node, for messages.</param>
    /// <param name="send">Sends it a command.</param>
    /// <param name="mode">Whether the old primary hands over, the other primaries vote, or nobody is asked.</param>
    /// <param name="within">How long it may take.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NodeException">It does not answer, refuses, or is still a replica when the time is over; the message says which, and what it needs.</exception>
    public static async Task OrderAsync(NodeAddress replica, NodeCommand send, FailOverMode mode, TimeSpan within, CancellationToken cancellationToken)
    {
        object[] command = mode switch
        {
            FailOverMode.Graceful => ["CLUSTER", "FAILOVER"],
            FailOverMode.Force => ["CLUSTER", "FAILOVER", "FORCE"],
            _ => ["CLUSTER", "FAILOVER", "TAKEOVER"],
        };
        var ordered = false;
        var isPrimary = await Until.HoldsAsync(
            async token =>
            {
                if (!ordered)
                {
                    await send(command, token).ToleratingAsync("send CLUSTER FAILOVER to a replica");
                    ordered = true;
                }

                return (await send(["ROLE"], token)).Items[0].Text == "master";
            },
            within,
            Pause,
            TimeProvider.System,
            cancellationToken);
        if (!isPrimary)
        {
            throw new NodeNotPromotedException(replica, $"{replica} is still a replica {within.TotalSeconds:0} s after {string.Join(' ', command)}: {Needs(mode)}");
        }
    }

    private static string Needs(FailOverMode mode) => mode switch
    {
        FailOverMode.Graceful => "its primary has to be up and to hand over",
        FailOverMode.Force => "most primaries have to be up and to vote for it",
        _ => "look at its log",
    };
}

/// <summary>A node took the order to become a primary and did not become one in time.</summary>
internal sealed class NodeNotPromotedException(NodeAddress node, string message) : NodeException(node, message);
