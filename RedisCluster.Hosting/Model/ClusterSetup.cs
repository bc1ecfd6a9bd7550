using Aspire.Hosting.ApplicationModel;
using RedisCluster.Hosting.Machine;
using RedisCluster.Hosting.Run;
using RedisCluster.Hosting.Start;

namespace RedisCluster.Hosting.Model;

/// <summary>What the verbs collect for one cluster until it is started.</summary>
internal sealed class ClusterSetup(RedisClusterResource cluster, RuntimeChoice choice, DataFolder folder, EmptiedVolumes emptiedVolumes, IReadOnlyList<string> settingsProblems)
{
    public RedisClusterResource Cluster { get; } = cluster;

    public RuntimeChoice Choice { get; } = choice;

    /// <summary>Where processes keep their data.</summary>
    public DataFolder Folder { get; set; } = folder;

    /// <summary>What nodes that were containers have left behind.</summary>
    public EmptiedVolumes EmptiedVolumes { get; } = emptiedVolumes;

    /// <summary>Where config files of nodes are; null before a folder was named.</summary>
    public string? ConfigFolder { get; set; }

    /// <summary>What is wrong with the settings, found when they were read.</summary>
    public IReadOnlyList<string> SettingsProblems { get; } = settingsProblems;

    public List<IResourceBuilder<RedisClusterNodeContainer>> Containers { get; } = [];

    public List<IResourceBuilder<RedisClusterNodeProcess>> Processes { get; } = [];

    public ClusterWatch Watch { get; } = new(cluster);

    /// <summary>One sentence for the log on where the data are.</summary>
    public string DataLocation =>
        Processes.Count > 0 ? $"Data in {Folder.Path}{(Folder.IsTemporary ? ", removed at the end" : "")}."
            : Containers.FirstOrDefault()?.Resource is IRedisClusterNode { Setup.Volume: { } volume } ? $"Data in the volumes {volume} and following."
            : "Data end with the containers.";
}
