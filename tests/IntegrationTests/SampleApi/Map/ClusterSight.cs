using IntegrationTests.Client;
using RedisCluster.Wire;
using Support;

namespace IntegrationTests.SampleApi.Map;

/// <summary>The cluster's own view, asked of the nodes themselves.</summary>
internal static class ClusterSight
{
    /// <summary>When the first node, itself included, saw a node as a primary with slots.</summary>
    public static async Task<DateTimeOffset> FirstSightOfAsync(RedisNodes nodes, RedisNode promoted, RedisNode? except = null)
    {
        await Eventually.HoldsAsync($"a node sees {promoted.EndPoint} as a primary", async _ =>
            (await Task.WhenAll(nodes.All.Where(node => node != except && node.IsRunning).Select(node => SeesAsync(node, promoted)))).Contains(true));
        return DateTimeOffset.UtcNow;
    }

    private static async Task<bool> SeesAsync(RedisNode node, RedisNode promoted)
    {
        try
        {
            return (await FormedCluster.ViewAsync(node)).Entries.Any(entry => entry.Port == promoted.Port && entry is { IsPrimary: true, Slots.IsEmpty: false });
        }
        catch (NodeException)
        {
            return false; // Killed in between.
        }
    }
}
