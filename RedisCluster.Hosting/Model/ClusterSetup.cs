namespace RedisCluster.Hosting.Model;

/// <summary>What the verbs collect for one cluster until it is started.</summary>
/// <param name="options">Its options.</param>
internal sealed class ClusterSetup(RedisClusterOptions options)
{
    private bool _asksForData;
    private string? _bindFolder;

    /// <summary>The folder of the AppHost, part of the path of everything that is kept for it.</summary>
    public required string AppHostDirectory { get; init; }

    /// <summary>
    /// Whether this run is to stand beside others of the same AppHost: <c>aspire start --isolated</c>, and the testing builder. Ports are then free ones and nothing is
    /// kept, except where configuration says otherwise.
    /// </summary>
    public required bool IsIsolated { get; init; }

    /// <summary>Volumes without configured name are called so, with the number of the node.</summary>
    public required string DefaultVolumePrefix { get; init; }

    /// <summary>Where process nodes keep their data until the run ends, when these are not kept.</summary>
    public required string TemporaryFolder { get; init; }

    /// <summary>What cannot be read of the settings.</summary>
    public required IReadOnlyList<string> SettingsProblems { get; init; }

    /// <summary>Makes the nodes that the options and this ask for, in place of those that are there.</summary>
    public required Action Arrange { get; init; }

    /// <summary>Whether nobody has named a password yet.</summary>
    public bool PasswordIsGenerated { get; set; }

    /// <summary>Where config files of nodes are; null before a folder was named.</summary>
    public string? ConfigFolder { get; set; }

    /// <summary>Nodes that run already and are only used, as <c>host:port</c>; empty when this AppHost starts them.</summary>
    public IReadOnlyList<string> Existing { get; set; } = [];

    /// <summary>Whether nodes are to run on when the AppHost has ended.</summary>
    public bool OutlivesAppHost
    {
        get => field && !IsIsolated;
        set;
    }

    /// <summary>Whether the start takes free ports in place of those of the options.</summary>
    public bool TakesFreePorts => IsIsolated && !options.IsConfigured(nameof(options.FirstPort));

    /// <summary>The folder that holds the data folder of each node, when one was named for both forms.</summary>
    public string? BindFolder => KeepsData ? _bindFolder : null;

    /// <summary>Name of the volumes without the number; null when data are not kept, or in a folder.</summary>
    public string? VolumePrefix => KeepsData && _bindFolder is null ? options.DataVolumeName ?? DefaultVolumePrefix : null;

    public bool KeepsData => _asksForData && options.DataVolumes
        && (!IsIsolated || options.IsConfigured(nameof(options.DataVolumes)) || options.IsConfigured(nameof(options.DataVolumeName)));

    /// <summary>The command line program of the engine that runs the containers; null when nodes are processes, and before the start has asked.</summary>
    public string? EngineCommand { get; set; }

    public void KeepData(string? bindFolder) => (_asksForData, _bindFolder) = (true, bindFolder);
}
