using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;
using RedisCluster.Hosting.Machine;
using RedisCluster.Topology;
using RedisCluster.Wire;

namespace RedisCluster.Hosting.Run;

/// <summary>
/// Removes leaving nodes once the initializer has emptied them: stops them, removes their data and takes them out of the dashboard. A failure leaves a node
/// that is still shown, and that the next start brings back and removes.
/// </summary>
internal sealed class NodeRemoval(RedisClusterResource cluster, ClusterWatch watch, ResourceNotificationService notifications, ResourceCommandService commands, ILogger logger)
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);

    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(cluster.Nodes.Where(node => node.Setup.IsLeaving).Select(node => RemoveAsync(node, cancellationToken)));

    private async Task RemoveAsync(IRedisClusterNode node, CancellationToken cancellationToken)
    {
        // The initializer said that it is empty; data are not removed on somebody's word.
        if (await WhyItStaysAsync(node, cancellationToken) is { } reason)
        {
            Log.Stays(logger, node.Name, reason);
            return;
        }

        // From here on no run of the initializer may count on it, and its end is no failure.
        cluster.Remove(node);
        if (await StopAsync(node, cancellationToken) is { } running)
        {
            cluster.Add(node);
            Log.NotRemoved(logger, node.Name, running);
            return;
        }

        if (await RemoveDataAsync(node, cancellationToken) is { } left)
        {
            Log.NotRemoved(logger, node.Name, left);
            return;
        }

        node.Annotations.Add(new HiddenAnnotation(HiddenBehavior.Always));
        await notifications.PublishUpdateAsync(node, snapshot => snapshot with { IsHidden = true });
        if (node.Setup.Volume is { } volume)
        {
            Log.RemovedButForVolume(logger, node.Name, volume);
        }
        else
        {
            Log.Removed(logger, node.Name);
        }
    }

    private async Task<string?> WhyItStaysAsync(IRedisClusterNode node, CancellationToken cancellationToken)
    {
        try
        {
            var keys = (await watch.AskAsync(node, ["DBSIZE"], cancellationToken)).Number;
            var table = ClusterNodesReply.Parse((await watch.AskAsync(node, ["CLUSTER", "NODES"], cancellationToken)).Text);
            return keys > 0 ? $"it still has {keys} keys"
                : table.Entries.Length > 1 ? $"it still knows {table.Entries.Length - 1} other nodes"
                : !table.Myself.Slots.IsEmpty ? $"it still owns slots {table.Myself.Slots}"
                : null;
        }
        catch (Exception cause) when (cause is NodeException or FormatException)
        {
            return cause.Message;
        }
    }

    private async Task<string?> StopAsync(IRedisClusterNode node, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StopTimeout);
        try
        {
            var stop = await commands.ExecuteCommandAsync(node, KnownResourceCommands.StopCommand, limit.Token);
            if (!stop.Success && !limit.IsCancellationRequested)
            {
                return stop.Message ?? "it could not be stopped";
            }

            await notifications.WaitForResourceAsync(node.Name, KnownResourceStates.TerminalStates, limit.Token);
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"it has not ended within {StopTimeout.TotalSeconds:0} s";
        }
    }

    private async Task<string?> RemoveDataAsync(IRedisClusterNode node, CancellationToken cancellationToken)
    {
        try
        {
            if (node is RedisClusterNodeProcess)
            {
                DataFolder.Of(cluster).Remove(node.Number);
                return null;
            }

            ContainerFiles.Of(node.Setup).Remove();
            return node.Setup.Volume is { } volume && cluster.Setup.EngineCommand is { } engine
                ? await EmptiedVolumes.Of(cluster).NoteAsync(new ContainerEngine(engine), volume, cancellationToken)
                : null;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return cause.Message;
        }
    }
}
