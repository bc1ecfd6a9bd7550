using Support;

namespace EndToEndTests.App;

/// <summary>What a run has outside of its own memory: processes, listeners, containers, networks.</summary>
internal static class Leftovers
{
    /// <summary>What is there now that this run could have left.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(AppHostLaunch launch, CancellationToken cancellationToken)
    {
        List<string> found =
        [
            .. ProcessTable.OfRun(launch.Settings.Marker).Select(process => $"process {process}"),
            .. launch.Ports.Where(port => !FreePorts.IsFree(port)).Select(port => $"a listener on port {port}"),
        ];
        if (launch.Settings.Form == NodeForm.Container)
        {
            found.AddRange((await ContainerEngine.ContainersAsync(launch.Settings.NodePorts, cancellationToken)).Select(id => $"container {id}"));
            found.AddRange((await ContainerEngine.OrphanedNetworksAsync(cancellationToken)).Select(network => $"network {network}"));
        }

        return found;
    }
}
