using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Options;
using SampleApi.Problems;

namespace SampleApi.Patterns.Catalog;

/// <summary>A slow source behind a cache of two levels: the instance's memory, and the cluster for all instances.</summary>
internal static class CatalogEndpoints
{
    private const int MaxId = 1_000_000;
    private const int Shelves = 10;

    internal static void AddCatalog(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IValidateOptions<CatalogOptions>, CatalogOptionsValidator>();
        builder.Services.AddOptions<CatalogOptions>().BindConfiguration(CatalogOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<SlowSource>();
        builder.Services.AddOptions<HybridCacheOptions>().Configure<IOptions<CatalogOptions>>((cache, catalog) => cache.DefaultEntryOptions = new HybridCacheEntryOptions
        {
            Expiration = catalog.Value.KeptFor,
            LocalCacheExpiration = catalog.Value.KeptLocallyFor,
        });
        builder.Services.AddSingleton<Invalidations>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Invalidations>());
    }

    internal static void MapCatalog(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/catalog").WithTags("Cache of a slow source");

        group.MapGet("/{id:int}", FindAsync)
            .WithSummary("An article, from the cache or from the slow source")
            .WithDescription("The source is asked once per instance for all who ask at the same time. load and loadedBy tell which load it was.");

        group.MapDelete("/shelves/{shelf:int}", RemoveShelfAsync)
            .WithSummary("Removes the articles of a shelf, 0 to 9, from the cache of every instance")
            .Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<Article> FindAsync(int id, HybridCache cache, SlowSource source, CancellationToken cancellationToken) =>
        id is >= 1 and <= MaxId
            ? await cache.GetOrCreateAsync($"catalog:{id}", (source, id), static (from, token) => from.source.LoadAsync(from.id, token), tags: [TagOf(SlowSource.ShelfOf(id))], cancellationToken: cancellationToken)
            : throw new BadRequestException($"The article is {id}: expected 1 to {MaxId}.");

    private static async Task<IResult> RemoveShelfAsync(int shelf, Invalidations invalidations, CancellationToken cancellationToken)
    {
        if (shelf is < 0 or >= Shelves)
        {
            throw new BadRequestException($"The shelf is {shelf}: expected 0 to 9.");
        }

        await invalidations.RemoveAsync(TagOf(shelf), cancellationToken);
        return Results.NoContent();
    }

    /// <summary>Whether a text is the tag of a shelf: anybody can publish anything.</summary>
    internal static bool IsTag(string text) => Enumerable.Range(0, Shelves).Any(shelf => text == TagOf(shelf));

    private static string TagOf(int shelf) => $"shelf-{shelf}";
}
