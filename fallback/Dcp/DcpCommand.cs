using System.Diagnostics;
using System.Text.Json;
using Aspire.Hosting.Bundle;

namespace Aspire.Hosting.Dcp;

/// <summary>Runs the commands of the <c>dcp</c> program that end by themselves.</summary>
internal static class DcpCommand
{
    /// <summary>Returns what was written to standard output.</summary>
    public static async Task<string> RunAsync(ProcessStartInfo dcp, CancellationToken cancellationToken)
    {
        var (exitCode, output, error) = await Command.RunSeparatedAsync(dcp, cancellationToken);
        return exitCode == 0
            ? output
            : throw new DistributedApplicationException($"'dcp {dcp.ArgumentList[0]}' ({dcp.FileName}) ended with exit code {exitCode}: {(error + output).Trim()}");
    }

    /// <summary>The engine that DCP uses: the wanted one, else one that runs, Docker before Podman.</summary>
    public static async Task<ContainerRuntimeState?> FindContainerRuntimeAsync(string dcpPath, string? wanted, CancellationToken cancellationToken)
    {
        var output = await RunAsync(new(dcpPath, ["info", .. ContainerRuntimeArguments(wanted)]), cancellationToken);
        return JsonSerializer.Deserialize(output, DcpJson.Default.DcpInformation)?.Containers;
    }

    public static string[] ContainerRuntimeArguments(string? wanted) =>
        string.IsNullOrEmpty(wanted) ? [] : ["--container-runtime", wanted];
}
