using Microsoft.Extensions.Options;

namespace SampleApi.Patterns.LiveSettings;

/// <summary>What can be switched off. Section <c>Features</c>.</summary>
internal sealed class FeatureOptions
{
    internal const string Section = "Features";

    /// <summary>The leaderboards. Default on.</summary>
    public bool Leaderboards { get; set; } = true;
}

/// <summary>Routes that are there only while their feature is on.</summary>
internal static class FeatureExtensions
{
    /// <summary>Answers 404 while the feature is switched off.</summary>
    internal static RouteGroupBuilder WithFeature(this RouteGroupBuilder group, string name, Func<FeatureOptions, bool> isOn) => group
        .AddEndpointFilter(async (context, next) => isOn(context.HttpContext.RequestServices.GetRequiredService<IOptionsMonitor<FeatureOptions>>().CurrentValue)
            ? await next(context)
            : Results.Problem(statusCode: StatusCodes.Status404NotFound, detail: $"{FeatureOptions.Section}:{name} is switched off."));
}
