using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace RedisCluster.Hosting.Run;

/// <summary>
/// Sends leaving nodes away once the initializer has emptied them: stops them, takes them out of the dashboard and removes what is left of their data.
/// Whatever fails leaves a node that the next start brings back and sends away again.
/// </summary>
internal sealed class NodeRemoval(RedisClusterResource cluster, ResourceNotificationService notifications, ResourceCommandService commands, ILogger logger)
{
    private static readonly TimeSpan Stop = TimeSpan.FromSeconds(20);

    /// <summary>Counts the empty ones as nodes of the cluster no longer, and returns them. The others stay, with the reason in the log.</summary>
    public async Task<IReadOnlyList<IRedisClusterNode>> BeginAsync(CancellationToken cancellationToken)
    {
        var leaving = cluster.Nodes.Where(node => node.Setup.IsLeaving).ToList();

        // The initializer said that they are empty; data are not removed on somebody's word.
        var reasons = await Task.WhenAll(leaving.Select(node => WhyItStaysAsync(node, cancellationToken)));
        foreach (var (node, reason) in leaving.Zip(reasons))
        {
            if (reason is null)
            {
                cluster.Remove(node);
            }
            else
            {
                Log.Stays(logger, node.Name, reason);
            }
        }

        return [.. leaving.Where((_, index) => reasons[index] is null)];
    }

    /// <summary>Stops them and removes their data. Takes as long as the engine does, so nobody waits for it.</summary>
    public Task CompleteAsync(IEnumerable<IRedisClusterNode> nodes, CancellationToken cancellationToken) =>
        Task.WhenAll(nodes.Select(node => CompleteAsync(node, cancellationToken)));

    private async Task CompleteAsync(IRedisClusterNode node, CancellationToken cancellationToken)
    {
        if ((await StopAsync(node, cancellationToken) ?? await RemoveDataAsync(node, cancellationToken)) is { } problem)
        {
            Log.NotRemoved(logger, node.Name, problem);
        }
        else if (node.Setup.Volume is { } volume)
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
            var link = cluster.Setup.Watch.Link(node.Number);
            var keys = (await link.AskAsync(["DBSIZE"], cancellationToken)).Number;
            var view = NodeView.Parse((await link.AskAsync(["CLUSTER", "NODES"], cancellationToken)).Text, "");
            return keys > 0 ? $"it still has {keys} keys"
                : view.Lines.Count > 1 ? $"it still knows {view.Lines.Count - 1} other nodes"
                : view.Myself.Slots.Count > 0 ? $"it still owns slots {string.Join(' ', view.Myself.Slots)}"
                : null;
        }
        catch (Exception cause) when (cause is NodeUnreachableException or NodeErrorException)
        {
            return cause.Message;
        }
    }

    private async Task<string?> StopAsync(IRedisClusterNode node, CancellationToken cancellationToken)
    {
        node.Annotations.Add(new HiddenAnnotation(HiddenBehavior.Always));
        await notifications.PublishUpdateAsync(node, snapshot => snapshot with { IsHidden = true });
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(Stop);
        try
        {
            var stop = await commands.ExecuteCommandAsync(node, KnownResourceCommands.StopCommand, bounded.Token);
            if (!stop.Success && !bounded.IsCancellationRequested)
            {
                return stop.Message ?? "it could not be stopped";
            }

            await notifications.WaitForResourceAsync(node.Name, KnownResourceStates.TerminalStates, bounded.Token);
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"it has not ended within {Stop.TotalSeconds:0} s";
        }
    }

    private async Task<string?> RemoveDataAsync(IRedisClusterNode node, CancellationToken cancellationToken)
    {
        try
        {
            node.Setup.ContainerFiles?.Remove();
            if (node.Setup.Volume is { } volume && cluster.Setup.Choice.Engine is { } engine)
            {
                return await cluster.Setup.EmptiedVolumes.NoteAsync(engine, volume, cancellationToken);
            }

            if (node is RedisClusterNodeProcess)
            {
                cluster.Setup.Folder.Remove(node.Number);
            }

            return null;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return cause.Message;
        }
    }
}
