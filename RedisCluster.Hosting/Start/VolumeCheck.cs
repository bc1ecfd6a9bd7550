using Aspire.Hosting.ApplicationModel;
using RedisCluster.Hosting.Machine;

namespace RedisCluster.Hosting.Start;

/// <summary>Whether a data volume is in use by a container of somebody else: two servers on one folder destroy it.</summary>
internal static class VolumeCheck
{
    public static async Task<IEnumerable<string>> ProblemsAsync(RedisClusterResource cluster, ContainerEngine engine, CancellationToken cancellationToken)
    {
        var kept = cluster.Nodes.Where(node => node.Setup.Volume is not null).ToList();

        // One question for all, since nearly always the answer is nobody.
        if (kept.Count == 0 || await engine.UsersOfVolumesAsync(kept.Select(node => node.Setup.Volume!), cancellationToken) is [])
        {
            return [];
        }

        var users = await Task.WhenAll(kept.Select(node => engine.UsersOfVolumesAsync([node.Setup.Volume!], cancellationToken)));
        return kept.Zip(users, (node, containers) => (Node: node, User: containers.FirstOrDefault(container => !EarlierRun.IsContainerOf(node, container))))
            .Where(pair => pair.User is not null)
            .Select(pair => $"The volume {pair.Node.Setup.Volume} of {pair.Node.Name} is in use by the container {pair.User}. End that, or give this cluster volumes of its own with WithDataVolumes(\"another-name\").");
    }
}
