using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace SampleApi.Patterns.RateLimits;

/// <summary>How much a caller may ask for. Section <c>RateLimit</c>; read anew for each request, so a change counts from the next one on.</summary>
internal sealed class RateLimitOptions
{
    internal const string Section = "RateLimit";

    /// <summary>Requests within any <see cref="WindowSeconds"/>. Default 20; 1 to 10000.</summary>
    [Range(1, 10_000)]
    public int Requests { get; set; } = 20;

    /// <summary>Length of the sliding window, in seconds. Default 10; 1 to 3600.</summary>
    [Range(1, 3600)]
    public int WindowSeconds { get; set; } = 10;

    /// <summary>Requests within <see cref="QuotaSeconds"/>, counted from the caller's first one. Default 10000; 1 to 1000000000.</summary>
    [Range(1, 1_000_000_000)]
    public int Quota { get; set; } = 10_000;

    /// <summary>Length of the quota's period, in seconds. Default 86400, a day; 1 to 2678400.</summary>
    [Range(1, 2_678_400)]
    public int QuotaSeconds { get; set; } = 86_400;
}

[OptionsValidator]
internal sealed partial class RateLimitOptionsValidator : IValidateOptions<RateLimitOptions>;
