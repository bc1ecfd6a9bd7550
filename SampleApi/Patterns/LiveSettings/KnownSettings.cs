using Microsoft.Extensions.Options;
using SampleApi.Patterns.RateLimits;

namespace SampleApi.Patterns.LiveSettings;

/// <summary>What may be changed while the application runs. A list, since not everything in a configuration should be in reach of the network.</summary>
internal static class KnownSettings
{
    private const int MaxLength = 64;

    internal static IReadOnlyList<string> Names { get; } =
    [
        $"{FeatureOptions.Section}:{nameof(FeatureOptions.Leaderboards)}",
        $"{RateLimitOptions.Section}:{nameof(RateLimitOptions.Requests)}",
        $"{RateLimitOptions.Section}:{nameof(RateLimitOptions.WindowSeconds)}",
        $"{RateLimitOptions.Section}:{nameof(RateLimitOptions.Quota)}",
        $"{RateLimitOptions.Section}:{nameof(RateLimitOptions.QuotaSeconds)}",
    ];

    /// <summary>Why a value cannot be used; null when it can. The rules are those of the options that it ends up in.</summary>
    internal static string? Objection(string name, string value)
    {
        if (!Names.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            return $"There is no setting '{name}' to change: expected one of {string.Join(", ", Names)}.";
        }

        if (value.Length > MaxLength)
        {
            return $"The value has {value.Length} characters: expected at most {MaxLength}.";
        }

        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(name, value)]).Build();
        try
        {
            _ = configuration.GetSection(FeatureOptions.Section).Get<FeatureOptions>();
            var limits = configuration.GetSection(RateLimitOptions.Section).Get<RateLimitOptions>() ?? new();
            var verdict = new RateLimitOptionsValidator().Validate(Options.DefaultName, limits);
            return verdict.Failed ? verdict.FailureMessage : null;
        }
        catch (InvalidOperationException exception)
        {
            return exception.Message;
        }
    }
}
