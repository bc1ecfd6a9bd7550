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

    /// <summary>Fails when something is left after the time that was not there before the run.</summary>
    public static Task UntilGoneAsync(AppHostLaunch launch, IReadOnlyList<string> foundBefore, TimeSpan within, Func<string> output)
    {
        IReadOnlyList<string> left = [];
        return Eventually.HoldsAsync(
            "nothing of the run is left",
            async token => (left = [.. (await FindAsync(launch, token)).Except(foundBefore)]).Count == 0,
            within, () => $"{string.Join('\n', left)}\n--- output\n{output()}", TimeSpan.FromMilliseconds(100));
    }
}
