using RedisCluster.Topology;

namespace Bench.Campaign;

/// <summary>What of a node's folder is gone.</summary>
[Flags]
internal enum Loss
{
    Identity = 1,
    Data = 2,
}

/// <summary>One node of a campaign: a process, or a container.</summary>
internal interface ICampaignNode
{
    /// <summary>As clients name it.</summary>
    NodeAddress Announced { get; }

    bool IsRunning { get; }

    Task KillAsync();

    /// <summary>Starts it at its address and returns when it answers.</summary>
    Task StartAsync();

    Task HangAsync();

    Task ResumeAsync();

    /// <summary>Takes files of a node that is off.</summary>
    Task LoseAsync(Loss loss);

    /// <summary>Whether snapshots can be written.</summary>
    Task SetDiskAsync(bool isFull);

    /// <summary>All that it wrote to its log, whatever it lost.</summary>
    Task<string> LogAsync();
}

/// <summary>The nodes of one sequence in one form.</summary>
internal interface ICampaignNodes : IAsyncDisposable
{
    /// <summary>
    /// With "everysec" a server whose last fsync is still running acknowledges writes up to 2 s before it writes them to its file, and a kill loses those: on a slow disk
    /// Redis itself loses what nobody can tell from a fault of ours. Without fsync each write is in the file before its answer, and outlives the process.
    /// </summary>
    static readonly string[] Settings = ["--appendfsync", "no"];

    IReadOnlyList<ICampaignNode> All { get; }

    /// <summary>Separates a node from all others, or ends that.</summary>
    Task SetCutAsync(int index, bool isCut);

    /// <summary>Gives nodes that are off the address with which they are started next.</summary>
    /// <param name="change">New ones, or those of one another.</param>
    Task ChangeAddressesAsync(AddressChange change);
}

internal enum AddressChange
{
    New,
    Permuted,
}
