using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Bundle;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Dashboard;

/// <summary>Puts the dashboard into an application.</summary>
internal sealed class DashboardStart(DashboardSettings settings, IAspireBundle bundle, ResourceServiceHost resourceService, ApplicationBanner banner, IConfiguration configuration, IHostApplicationLifetime lifetime)
{
    public static void AddTo(IServiceCollection services, IDistributedApplicationEventing eventing)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => DashboardSettings.From(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton<ApplicationBanner>();
        services.AddSingleton<ArgumentDialogs>();
        services.AddSingleton<CommandRequests>();
        services.AddSingleton<ConsoleLogs>();
        services.AddSingleton<DashboardService>();
        services.AddSingleton<DashboardStart>();
        services.AddSingleton<ResourceServiceHost>();
        services.AddSingleton<ResourceFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<ResourceFeed>());
        services.AddHostedService<DashboardConsole>();
        eventing.Subscribe<BeforeStartEvent>((@event, cancellationToken) => @event.Services.GetRequiredService<DashboardStart>().AddToModelAsync(@event.Model, cancellationToken));
    }

    private async Task AddToModelAsync(DistributedApplicationModel model, CancellationToken cancellationToken)
    {
        settings.TrustFile = DevelopmentCertificate.RequireFor(Addresses(), configuration);
        LoopbackPorts.RequireFree(Addresses());
        banner.Write();
        var programs = await bundle.GetAsync(cancellationToken);

        // Not awaited: the server and the orchestrator start side by side. A failure is the dashboard's, which awaits the address.
        var address = resourceService.StartAsync(lifetime.ApplicationStopping);
        model.Resources.Insert(0, DashboardResource.Create(programs.DashboardPath, settings, address));
    }

    private IEnumerable<(string Setting, Uri Url)> Addresses() =>
    [
        .. settings.Urls.Select(url => (DashboardSettings.UrlsSetting, url)),
        (DashboardSettings.OtlpSetting, settings.OtlpUrl),
        .. settings.OtlpHttpUrl is { } otlpHttp ? [(DashboardSettings.OtlpHttpSetting, otlpHttp)] : Array.Empty<(string, Uri)>(),
        .. settings.ResourceServiceUrl is { Port: > 0 } resources ? [(DashboardSettings.ResourceServiceSetting, resources)] : Array.Empty<(string, Uri)>(),
    ];
}
