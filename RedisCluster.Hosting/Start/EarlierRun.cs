using Aspire.Hosting.ApplicationModel;
using RedisCluster.Hosting.Machine;
using RedisCluster.Wire;

namespace RedisCluster.Hosting.Start;

/// <summary>Whether the server on a node's port is that node, which has outlived an earlier run of the same AppHost.</summary>
internal static class EarlierRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static async Task<bool> HasAsync(IRedisClusterNode node, ContainerEngine? engine, CancellationToken cancellationToken)
    {
        if (!node.Cluster.Setup.OutlivesAppHost)
        {
            return false;
        }

        return engine is not null
            ? (await engine.PublishersAsync(node.Port, cancellationToken)).Any(container => IsContainerOf(node, container))
            : await FolderAsync(node, cancellationToken) is { } folder && IsSame(folder, ((RedisClusterNodeProcess)node).WorkingDirectory);
    }

    /// <summary>Whether a container has the name that a node gets from the orchestrator: its own, and a suffix for the AppHost.</summary>
    public static bool IsContainerOf(IRedisClusterNode node, string container) =>
        node.Cluster.Setup.OutlivesAppHost && container.StartsWith($"{node.Name}-", StringComparison.Ordinal);

    // Two paths can lead to one folder.
    private static bool IsSame(string folder, string own)
    {
        if (!Directory.Exists(own))
        {
            return false;
        }

        var name = Path.GetRandomFileName();
        using var probe = new FileStream(Path.Combine(own, name), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        return File.Exists(Path.Combine(folder, name));
    }

    private static async Task<string?> FolderAsync(IRedisClusterNode node, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            await using var connection = await NodeConnection.OpenAsync(node.Setup.Reachable, user: null, await node.Cluster.PasswordAsync(limit.Token), TimeSpan.Zero, limit.Token);
            return (await connection.SendAsync(["CONFIG", "GET", "dir"], limit.Token)).Items[1].Text;
        }
        catch (NodeException)
        {
            return null; // Not a node with this password.
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
