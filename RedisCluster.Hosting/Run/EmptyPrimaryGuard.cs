using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace RedisCluster.Hosting.Run;

/// <summary>
/// Stands before every start of a node: one that was a primary and whose data are gone is failed over first, so that
/// its replica keeps the shard instead of copying the emptiness.
/// </summary>
internal static class EmptyPrimaryGuard
{
    private static readonly TimeSpan Promotion = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static async Task PassAsync(IRedisClusterNode node, ClusterWatch watch, bool isEmpty, ILogger logger, CancellationToken cancellationToken)
    {
        if (!isEmpty || watch.LastRole(node.Number) is not { OwnsSlots: true } lost)
        {
            return;
        }

        var view = await watch.ObserveAsync(cancellationToken);
        if (view.Unowned.Count == 0)
        {
            return;
        }

        var replicas = node.Cluster.Nodes.Where(other => watch.LastRole(other.Number) is { IsPrimary: false } role && role.Replicates == node.Number).ToList();
        if (replicas.Count == 0)
        {
            Log.ComesBackEmpty(logger, node.Name, lost.Slots);
            return;
        }

        var replica = replicas.FirstOrDefault(other => view.Roles.ContainsKey(other.Number))
            ?? throw new DistributedApplicationException(
                $"{node.Name} would come back without the data of slots {lost.Slots}, and its replica would copy the emptiness. Start {replicas[0].Name} first, which has the data.");
        Log.PromotedFirst(logger, node.Name, lost.Slots, replica.Name);
        await PromoteAsync(watch.Link(replica.Number), cancellationToken);
    }

    // FORCE: the primary is gone and cannot agree; the other primaries still vote.
    private static async Task PromoteAsync(NodeLink replica, CancellationToken cancellationToken)
    {
        await replica.AskAsync(["CLUSTER", "FAILOVER", "FORCE"], cancellationToken);
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(Promotion);
        try
        {
            while ((await replica.AskAsync(["ROLE"], bounded.Token)).Items?[0].Text != "master")
            {
                await Task.Delay(Pause, bounded.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DistributedApplicationException(
                $"{replica.Node.Name} was not promoted within {Promotion.TotalSeconds:0} s: most primaries must be up to agree. Start the other nodes first.");
        }
    }
}
