namespace Aspire.Hosting.Bundle;

/// <summary>Where the programs of an Aspire CLI bundle are.</summary>
/// <param name="DcpPath">The orchestrator, <c>dcp</c>.</param>
/// <param name="DashboardPath">The program whose argument <c>dashboard</c> runs the dashboard, <c>aspire-managed</c>.</param>
internal sealed record BundleLocation(string DcpPath, string DashboardPath)
{
    /// <summary>The layout that the Aspire CLI gives its bundle, below <paramref name="folder"/>.</summary>
    public static BundleLocation In(string folder)
    {
        var extension = OperatingSystem.IsWindows() ? ".exe" : "";
        return new(
            Path.Combine(folder, "dcp", "dcp" + extension),
            Path.Combine(folder, "managed", "aspire-managed" + extension));
    }

    public bool Exists => File.Exists(DcpPath) && File.Exists(DashboardPath);
}
