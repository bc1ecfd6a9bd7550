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
