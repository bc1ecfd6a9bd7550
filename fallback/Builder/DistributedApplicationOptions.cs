using System.Reflection;

namespace Aspire.Hosting;

public sealed class DistributedApplicationOptions
{
    /// <summary>The command line.</summary>
    public string[]? Args { get; set; }

    /// <summary>The assembly of the AppHost when it is not the one that was started, as in tests.</summary>
    public string? AssemblyName { get; set; }

    /// <summary>The folder of the AppHost project; by default what the build wrote into its assembly.</summary>
    public string? ProjectDirectory
    {
        get => field ?? Metadata("apphostprojectpath");
        set;
    }

    public bool DisableDashboard { get; set; }

    /// <summary>The name of the application in the dashboard.</summary>
    public string? DashboardApplicationName { get; set; }

    /// <summary>Whether the dashboard may do without TLS.</summary>
    public bool AllowUnsecuredTransport { get; set; }

    internal Assembly? Assembly => field ??= AssemblyName is { Length: > 0 } name ? System.Reflection.Assembly.Load(name) : System.Reflection.Assembly.GetEntryAssembly();

    private string? Metadata(string key) => Assembly?.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(metadata => metadata.Key.Equals(key, StringComparison.OrdinalIgnoreCase))?.Value;
}
