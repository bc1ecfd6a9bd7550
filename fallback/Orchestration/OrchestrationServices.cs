using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Aspire.Hosting.Orchestration;

internal static class OrchestrationServices
{
    /// <summary>Adds what starts, watches and stops the resources; the executor itself is another part's.</summary>
    public static void AddOrchestration(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ParameterStates>();
        services.AddSingleton<StoppedResources>();
        services.AddSingleton<ResourceStarter>();
        services.AddSingleton<ApplicationOrchestrator>();
        services.AddHostedService<ResourceHealthMonitor>();
    }
}
