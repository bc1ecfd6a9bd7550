using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using SampleApi.Patterns.RateLimits;
using Yarp.ReverseProxy.Configuration;

namespace SampleApi.Patterns.Gateway;

/// <summary>A route to another service: callers are counted by the cluster, and answers are cached in it for all instances.</summary>
internal static class GatewayEndpoints
{
    private const string CachePolicy = "gateway";

    internal static void AddGateway(this WebApplicationBuilder builder)
    {
        builder.Services.AddOutputCache(cache => cache.AddPolicy(CachePolicy, policy => policy.Expire(TimeSpan.FromSeconds(10))));
        builder.Services.AddReverseProxy().LoadFromMemory([Route], Backend(builder.Configuration["Gateway:Backend"]));
    }

    internal static void MapGateway(this WebApplication app)
    {
        app.UseOutputCache();
        app.MapReverseProxy().CountCallers();
        if (app.Configuration["Gateway:Backend"] is null)
        {
            // So that the sample needs no second service: this instance's own catalog is the backend, at the address that is known once the server listens.
            app.Lifetime.ApplicationStarted.Register(() => app.Services.GetRequiredService<InMemoryConfigProvider>().Update([Route], Backend(OwnAddress(app.Services))));
        }
    }

    private static RouteConfig Route { get; } = new()
    {
        RouteId = "catalog",
        ClusterId = "backend",
        Match = new RouteMatch { Path = "/gateway/catalog/{id:int}", Methods = [HttpMethods.Get] },
        Transforms = [new Dictionary<string, string> { ["PathPattern"] = "/catalog/{id}" }],
        OutputCachePolicy = CachePolicy,
    };

    private static IReadOnlyList<ClusterConfig> Backend(string? address) =>
    [
        new ClusterConfig
        {
            ClusterId = "backend",
            Destinations = address is null ? null : new Dictionary<string, DestinationConfig> { ["first"] = new() { Address = address } },
        },
    ];

    private static string OwnAddress(IServiceProvider services)
    {
        var address = BindingAddress.Parse(services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        var host = address.Host is "+" or "*" or "[::]" or "0.0.0.0" ? "localhost" : address.Host;
        return $"{address.Scheme}://{host}:{address.Port}/";
    }
}
