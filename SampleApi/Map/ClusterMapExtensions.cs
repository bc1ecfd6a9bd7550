using Microsoft.Extensions.DependencyInjection.Extensions;

namespace SampleApi.Map;

/// <summary>The cluster, live, on a page: <c>GET /</c>.</summary>
internal static class ClusterMapExtensions
{
    internal static void AddClusterMap(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<MapFeed>();
        builder.Services.AddSingleton<BurstWriter>();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddHostedService<MapWatcher>();
    }

    internal static void MapClusterMap(this WebApplication app)
    {
        app.UseMapPage();

        var map = app.MapGroup("/map").WithTags("Cluster map");
        map.MapGet("/events", MapEvents.Stream)
            .WithSummary("The map as server-sent events: map when something happened, figures with the numbers that changed, heartbeat when there is nothing to tell")
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream")
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            // A stream lasts as long as somebody looks: it is neither late nor slow.
            .DisableRequestTimeout()
            .DisableHttpMetrics();

        map.MapGet("/keys/{**key}", KeyPlace.FindAsync)
            .WithSummary("The slot of a key and the nodes that keep it, with the part of the key that decided")
            .WithDescription("The key is everything after /map/keys/, percent-decoded, up to 512 bytes of UTF-8. It need not exist.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

        map.MapPost("/burst", (HttpContext context, BurstRequest request, BurstWriter writer) => writer.WriteAsync(request, context.RequestAborted))
            .WithSummary("Writes up to 2000 small keys that live for a minute, and tells where they landed")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }
}
