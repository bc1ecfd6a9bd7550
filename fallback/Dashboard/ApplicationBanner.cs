using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>The lines with which every Aspire application starts.</summary>
internal sealed class ApplicationBanner(DistributedApplicationOptions options, IConfiguration configuration, IHostApplicationLifetime lifetime, ILogger<DistributedApplication> logger)
{
    public void Write()
    {
        Log.AspireVersion(logger, AspireVersion());
        Log.Starting(logger);
        Log.AppHostDirectory(logger, configuration["AppHost:Directory"]);
        lifetime.ApplicationStarted.Register(() => Log.Started(logger));
    }

    // The build writes it: the fallback has no version of its own.
    private string AspireVersion() => options.Assembly?.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(metadata => metadata.Key == "aspireversion")?.Value ?? "unknown";
}
