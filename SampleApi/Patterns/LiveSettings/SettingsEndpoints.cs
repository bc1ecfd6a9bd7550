using SampleApi.Problems;
using StackExchange.Redis;

namespace SampleApi.Patterns.LiveSettings;

/// <summary>Configuration in the cluster: what changes there changes every instance, without a restart.</summary>
internal static class SettingsEndpoints
{
    internal static void AddLiveSettings(this WebApplicationBuilder builder)
    {
        var provider = new LiveSettingsProvider();
        ((IConfigurationBuilder)builder.Configuration).Add(provider);
        builder.Services.AddSingleton(provider);
        builder.Services.AddOptions<FeatureOptions>().BindConfiguration(FeatureOptions.Section);
        builder.Services.AddSingleton<SettingsStore>();
        builder.Services.AddKeyedSingleton(SettingsStore.ChangedChannel, (services, _) => new Nudge(services.GetRequiredService<IConnectionMultiplexer>(), SettingsStore.ChangedChannel));
        builder.Services.AddHostedService<SettingsWatch>();
    }

    internal static void MapLiveSettings(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/settings").WithTags("Live settings");

        group.MapGet("/", (IConfiguration configuration) => KnownSettings.Names.ToDictionary(name => name, name => configuration[name]))
            .WithSummary("What this instance has configured now; null means the default");

        group.MapPut("/{name}", SetAsync)
            .WithSummary("Changes a setting for every instance")
            .WithJsonBody()
            .Produces(StatusCodes.Status204NoContent);

        group.MapDelete("/{name}", RemoveAsync)
            .WithSummary("Goes back to what each instance was started with")
            .Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> SetAsync(string name, Change change, SettingsStore store, [FromKeyedServices(SettingsStore.ChangedChannel)] Nudge changed)
    {
        if (KnownSettings.Objection(name, change.Value) is { } objection)
        {
            throw new BadRequestException(objection);
        }

        await store.SetAsync(Spelling(name), change.Value);
        changed.Send();
        return Results.NoContent();
    }

    private static async Task<IResult> RemoveAsync(string name, SettingsStore store, [FromKeyedServices(SettingsStore.ChangedChannel)] Nudge changed)
    {
        await store.RemoveAsync(Spelling(name));
        changed.Send();
        return Results.NoContent();
    }

    // Names of settings do not depend on upper and lower case, but fields of a hash do.
    private static string Spelling(string name) => KnownSettings.Names.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new BadRequestException($"There is no setting '{(name.Length > 64 ? name[..64] + "…" : name)}' to change: expected one of {string.Join(", ", KnownSettings.Names)}.");

    /// <param name="Value">As it would stand in a configuration file.</param>
    internal sealed record Change(string Value);
}
