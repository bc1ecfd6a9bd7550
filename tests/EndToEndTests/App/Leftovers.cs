using ProcessTable = Support.ProcessTable;

namespace EndToEndTests.App;

/// <summary>What a run has outside of its own memory: processes, listeners, containers, networks.</summary>
internal sealed record Leftovers(IReadOnlyList<string> Found)
{
    /// <summary>What is there now that a run with these settings could have left.</summary>
    public static async Task<Leftovers> FindAsync(AppHostSettings settings, CancellationToken cancellationToken)
    {
        List<string> found =
        [
            .. ProcessTable.OfRun(settings.Marker).Select(process => $"process {process}"),
            .. settings.Ports.Where(port => !FreePorts.IsFree(port)).Select(port => $"a listener on port {port}"),
        ];
        if (settings.Form == NodeForm.Container)
        {
            found.AddRange((await ContainerEngine.ContainersAsync(settings.NodePorts, cancellationToken)).Select(id => $"container {id}"));
            found.AddRange((await ContainerEngine.OrphanedNetworksAsync(cancellationToken)).Select(network => $"network {network}"));
        }
        return new Leftovers(found);
    }

    /// <summary>Fails when the run has left something, after the time, that was not there before it.</summary>
    public static async Task AssertNoneAsync(AppHostRun run, TimeSpan within, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> left = [];
        await Wait.UntilAsync(async token =>
        {
            left = [.. (await FindAsync(run.Settings, token)).Found.Except(run.FoundBefore.Found)];
            return left.Count == 0;
        }, within, () => $"Left behind after {within.TotalSeconds:0} s:\n{string.Join('\n', left)}\n--- output\n{run.Output}", cancellationToken);
    }
}
