using RedisCluster.Topology;

namespace RedisCluster.Wire;

/// <summary>A node did not do what was asked of it.</summary>
internal abstract class NodeException(NodeAddress node, string message, Exception? inner = null) : Exception(message, inner)
{
    public NodeAddress Node { get; } = node;
}

/// <summary>A node does not answer.</summary>
internal sealed class NodeUnreachableException(NodeAddress node, string reason, Exception? inner = null)
    : NodeException(node, $"{node} does not answer: {reason}", inner)
{
    public string Reason { get; } = reason;
}

/// <summary>A node answered with an error.</summary>
internal sealed class NodeRefusedException(NodeAddress node, string command, string error)
    : NodeException(node, $"{node} refused {command}: {error}")
{
    public string Error { get; } = error;

    /// <summary>It will answer otherwise in a moment.</summary>
    public bool IsTransient => Is("LOADING") || Is("BUSY ") || Is("TRYAGAIN");

    /// <summary>It wants another password than ours.</summary>
    public bool RefusesPassword => Is("NOAUTH") || Is("WRONGPASS");

    /// <summary>What the user can do about it, where that is known.</summary>
    public string? Remedy =>
        Is("NOAUTH") ? "set RedisCluster:Password"
        : Is("WRONGPASS") ? "RedisCluster:Password is not the password of this node"
        : Is("NOPERM") ? "RedisCluster:User needs the permission for every command"
        : Error.Contains("cluster support disabled", StringComparison.Ordinal) ? "start the node with cluster-enabled yes"
        : null;

    public bool Says(string words) => Error.Contains(words, StringComparison.OrdinalIgnoreCase);

    private bool Is(string prefix) => Error.StartsWith(prefix, StringComparison.Ordinal);
}

internal static class RefusalTolerance
{
    /// <summary>Completes also when the node refuses with one of these texts, which say that the work is done already.</summary>
    public static async Task ToleratingAsync(this Task command, params string[] texts)
    {
        try
        {
            await command;
        }
        catch (NodeRefusedException exception) when (texts.Any(exception.Says))
        {
            return;
        }
    }
}
