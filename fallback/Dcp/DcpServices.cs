using Aspire.Hosting.Bundle;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Lifecycle;
using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Aspire.Hosting.Dcp;

internal static class DcpServices
{
    public static void AddDcp(this IServiceCollection services)
    {
        services.TryAddSingleton<IAspireBundle, AspireBundle>();
        services.AddSingleton<DcpHost>();
        services.AddSingleton<ExecutableObjects>();
        services.AddSingleton<IResourceExecutor, DcpExecutor>();
        services.AddSingleton<IDistributedApplicationEventingSubscriber, DcpHeadStart>();
    }

    /// <summary>DCP starts while the model is still being completed. What goes wrong shows when its result is needed.</summary>
    private sealed class DcpHeadStart(DcpHost host, IResourceExecutor executor) : IDistributedApplicationEventingSubscriber
    {
        public Task SubscribeAsync(IDistributedApplicationEventing eventing, DistributedApplicationExecutionContext executionContext, CancellationToken cancellationToken)
        {
            if (executor is DcpExecutor)
            {
                _ = host.StartAsync();
            }

            return Task.CompletedTask;
        }
    }
}
