using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using RedisCluster.Hosting.Machine;

namespace RedisCluster.Hosting.Start;

/// <summary>
/// Nodes beyond the wanted ones whose data are still here, because an earlier run had more shards or replicas. Their keys may be the only ones, so
/// they start too, for the initializer to empty them.
/// </summary>
internal static class EarlierNodes
{
    // A volume that somebody named so by chance shall not become a node.
    private const int LargestNumber = 200;

    /// <summary>Their numbers, in order.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="engine">The engine of its containers; null when nodes are processes.</param>
    /// <param name="emptied">Volumes whose nodes have left.</param>
    /// <param name="cancellationToken">Ends the question to the engine.</param>
    /// <exception cref="ContainerEngineException">The engine does not list its volumes.</exception>
    public static async Task<IEnumerable<int>> FindAsync(
        RedisClusterResource cluster, ContainerEngine? engine, IEnumerable<string> emptied, CancellationToken cancellationToken)
    {
        if (!cluster.Setup.KeepsData)
        {
            return [];
        }

        var numbers = engine is not null && cluster.Setup.VolumePrefix is { } prefix
            ? Numbers((await engine.VolumesAsync($"{prefix}-", cancellationToken)).Except(emptied), prefix)
            : DataFolder.Of(cluster).Numbers();
        return [.. Beyond(numbers, cluster.Options.NodeCount)];
    }

    internal static IEnumerable<int> Beyond(IEnumerable<int> numbers, int wanted) => numbers.Where(number => number > wanted && number <= LargestNumber).Order();

    /// <summary>The numbers in <c>redis-data-7</c>, <c>redis-data-8</c>; not in <c>redis-data-old</c>.</summary>
    internal static IEnumerable<int> Numbers(IEnumerable<string> volumes, string prefix) =>
        volumes
            .Select(volume => volume.Length > prefix.Length && int.TryParse(volume.AsSpan(prefix.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0)
            .Where(number => number > 0);
}
