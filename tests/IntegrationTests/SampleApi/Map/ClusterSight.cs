using System.Net.Sockets;
using Support;

namespace IntegrationTests.SampleApi.Map;

/// <summary>The cluster's own view, asked of the nodes themselves.</summary>
internal static class ClusterSight
{
    /// <summary>When the first node, itself included, saw a node as a primary with slots.</summary>
    public static async Task<DateTimeOffset> FirstSightOfAsync(RedisNodes nodes, RedisNode promoted, RedisNode? except = null)
    {
        await Eventually.HoldsAsync($"a node sees {promoted.EndPoint} as a primary", async _ =>
        {
            foreach (var node in nodes.All.Where(node => node != except && node.IsRunning))
            {
                if (await SeesAsync(node, promoted))
                {
                    return true;
                }
            }

            return false;
        });
        return DateTimeOffset.UtcNow;
    }

    private static async Task<bool> SeesAsync(RedisNode node, RedisNode promoted)
    {
        try
        {
            return (await node.AskTextAsync("CLUSTER", "NODES")).Split('\n')
                .Any(line => line.Contains($":{promoted.Port}@", StringComparison.Ordinal) && line.Split(' ') is { Length: > 8 } fields && fields[2].Contains("master", StringComparison.Ordinal));
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return false; // Killed in between.
        }
    }
}
