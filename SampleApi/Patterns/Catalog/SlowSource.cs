using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace SampleApi.Patterns.Catalog;

/// <summary>Stands for a database or a service that is worth a cache.</summary>
internal sealed class SlowSource(IOptions<CatalogOptions> options, ApiInstance instance, TimeProvider time)
{
    private int _loads;

    internal async ValueTask<Article> LoadAsync(int id, CancellationToken cancellationToken)
    {
        var load = Interlocked.Increment(ref _loads);
        await Task.Delay(options.Value.SourceTakes, cancellationToken);
        return new Article(id, $"Article {id}", ShelfOf(id), instance.Name, load, time.GetUtcNow());
    }

    internal static int ShelfOf(int id) => id % 10;
}

/// <param name="Id">From 1.</param>
/// <param name="Name">For people.</param>
/// <param name="Shelf">0 to 9: what is removed from the cache together.</param>
/// <param name="LoadedBy">The instance that asked the source.</param>
/// <param name="Load">Which load of that instance it was, from 1.</param>
/// <param name="LoadedAt">By the clock of that instance.</param>
internal sealed record Article(int Id, string Name, int Shelf, string LoadedBy, int Load, DateTimeOffset LoadedAt);

/// <summary>How slow the source is and how long articles are kept. Section <c>Catalog</c>.</summary>
internal sealed class CatalogOptions
{
    internal const string Section = "Catalog";

    /// <summary>How long the source takes for an article. Default 300 ms; 0 to 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan SourceTakes { get; set; } = TimeSpan.FromMilliseconds(300);

    /// <summary>How long the cluster keeps an article. Default 1 min; 100 ms to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan KeptFor { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long an instance keeps it in its own memory. Default 10 s; 10 ms to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan KeptLocallyFor { get; set; } = TimeSpan.FromSeconds(10);
}

[OptionsValidator]
internal sealed partial class CatalogOptionsValidator : IValidateOptions<CatalogOptions>;
