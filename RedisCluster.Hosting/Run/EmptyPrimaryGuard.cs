using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;
using RedisCluster.Execution;
using RedisCluster.Planning;
using RedisCluster.Topology;
using RedisCluster.Wire;

namespace RedisCluster.Hosting.Run;

/// <summary>
/// Stands before every start of a node: when it was a primary and its data are gone, a replica of it is promoted first. Else the replica would copy the
/// empty node, and the keys of the shard would be lost.
/// </summary>
internal static class EmptyPrimaryGuard
{
    public static async Task PassAsync(IRedisClusterNode node, ClusterWatch watch, bool isEmpty, ILogger logger, CancellationToken cancellationToken)
    {
        if (!isEmpty)
        {
            return;
        }

        var status = await watch.ObserveAsync(cancellationToken);
        var lost = LostSlots(node, watch, status);
        if (lost.IsEmpty)
        {
            return;
        }

        var replica = status.Roles.Where(other => IsReplicaOf(node, other.Value)).OrderByDescending(other => other.Value.Offset).Select(other => other.Key).FirstOrDefault();
        if (replica is not null)
        {
            Log.PromotedFirst(logger, node.Name, lost.ToString(), replica.Name);
            await PromoteAsync(node, replica, watch, status, cancellationToken);
        }
        else if (node.Cluster.Nodes.FirstOrDefault(other => IsReplicaOf(node, watch.LastRole(other))) is { } absent)
        {
            throw new DistributedApplicationException(
                $"{node.Name} is not started: it has lost the data of slots {lost}, and {absent.Name}, which has a copy, does not answer and would copy the empty node later. Start {absent.Name} first, then {node.Name}.");
        }
        else
        {
            Log.ComesBackEmpty(logger, node.Name, lost.ToString());
        }
    }

    // It may have become a primary since the watch last reached it: then the others know.
    private static SlotSet LostSlots(IRedisClusterNode node, ClusterWatch watch, ClusterStatus status) =>
        status.Answers
            .SelectMany(answer => answer.Table?.Entries.Where(entry => entry.IsPrimary && entry.Port == node.Port) ?? [])
            .Aggregate(watch.LastRole(node)?.Slots ?? SlotSet.Empty, (slots, entry) => slots.Union(entry.Slots))
            .Except(status.Served);

    private static bool IsReplicaOf(IRedisClusterNode node, NodeRole? role) => role is { IsPrimary: false } && role.Primary == node;

    private static async Task PromoteAsync(IRedisClusterNode node, IRedisClusterNode replica, ClusterWatch watch, ClusterStatus status, CancellationToken cancellationToken)
    {
        var primaries = status.Answers.First(answer => answer.Node == replica).Table!.Entries.Count(entry => entry.IsPrimary && !entry.Slots.IsEmpty);
        var mode = LostNodes.ModeOf(status.Roles.Values.Count(role => role.OwnsSlots), primaries);
        try
        {
            try
            {
                await watch.PromoteAsync(replica, mode, cancellationToken);
            }
            catch (NodeNotPromotedException) when (mode is FailOverMode.Force)
            {
                // The election was lost, and Redis waits twice the node timeout before the next. The primary is gone for certain: no vote is needed.
                await watch.PromoteAsync(replica, FailOverMode.TakeOver, cancellationToken);
            }
        }
        catch (NodeException cause)
        {
            throw new DistributedApplicationException(
                $"{node.Name} is not started: it has lost its data, and {replica.Name}, which has a copy, was not promoted: {cause.Message}. Use \"{NodeCommands.FailOverTitle}\" of {replica.Name}, or start the other nodes first.", cause);
        }
    }
}
