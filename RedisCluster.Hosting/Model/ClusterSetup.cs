namespace RedisCluster.Hosting.Model;

/// <summary>What the verbs collect for one cluster until it is started.</summary>
/// <param name="appHostDirectory">The folder of the AppHost, part of the path of everything that is kept for it.</param>
/// <param name="settingsProblems">What is wrong with the settings, found when they were read.</param>
internal sealed class ClusterSetup(string appHostDirectory, IReadOnlyList<string> settingsProblems)
{
    public string AppHostDirectory { get; } = appHostDirectory;

    public IReadOnlyList<string> SettingsProblems { get; } = settingsProblems;

    /// <summary>Where config files of nodes are; null before a folder was named.</summary>
    public string? ConfigFolder { get; set; }

    /// <summary>Name of the volumes without the number; null when data are not kept, neither in volumes nor in folders.</summary>
    public string? VolumePrefix { get; set; }

    /// <summary>The command line program of the engine that runs the containers; null when nodes are processes, and before the start has asked.</summary>
    public string? EngineCommand { get; set; }
}
