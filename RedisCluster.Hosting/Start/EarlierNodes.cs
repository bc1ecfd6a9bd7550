using System.Globalization;
using RedisCluster.Hosting.Machine;
using RedisCluster.Hosting.Model;

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
    public static IEnumerable<int> Find(ClusterSetup setup, string volumePrefix)
    {
        IEnumerable<int> numbers = setup switch
        {
            { Choice.Server: not null } => setup.Folder.Numbers(),

            // The resources of an AppHost are known before it runs, so the engine is asked here.
            { Choice.Engine: { } engine } => Numbers(Task.Run(() => VolumesAsync(setup, engine, $"{volumePrefix}-")).GetAwaiter().GetResult(), volumePrefix),
            _ => [],
        };
        return [.. Beyond(numbers, setup.Cluster.Options.NodeCount)];
    }

    internal static IEnumerable<int> Beyond(IEnumerable<int> numbers, int wanted) => numbers.Where(number => number > wanted && number <= LargestNumber).Order();

    /// <summary>The numbers in <c>redis-data-7</c>, <c>redis-data-8</c>; not in <c>redis-data-old</c>.</summary>
    internal static IEnumerable<int> Numbers(IEnumerable<string> volumes, string prefix) =>
        volumes
            .Select(volume => volume.Length > prefix.Length && int.TryParse(volume.AsSpan(prefix.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0)
            .Where(number => number > 0);

    private static async Task<IReadOnlyList<string>> VolumesAsync(ClusterSetup setup, ContainerEngine engine, string prefix)
    {
        await setup.EmptiedVolumes.RemoveAsync(engine, CancellationToken.None);
        return await engine.VolumesAsync(prefix, CancellationToken.None);
    }
}
