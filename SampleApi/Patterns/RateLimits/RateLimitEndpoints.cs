using Microsoft.Extensions.Options;

namespace SampleApi.Patterns.RateLimits;

/// <summary>Limits and quotas per caller, counted by the cluster for all instances together.</summary>
internal static class RateLimitEndpoints
{
    internal static void AddRateLimits(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IValidateOptions<RateLimitOptions>, RateLimitOptionsValidator>();
        builder.Services.AddOptions<RateLimitOptions>().BindConfiguration(RateLimitOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<CallerCounters>();
    }

    /// <summary>Every request of the route counts for its caller, and is refused when nothing is left.</summary>
    internal static TBuilder CountCallers<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new CountsCallers());

    internal static void MapRateLimits(this WebApplication app)
    {
        app.UseMiddleware<RateLimitMiddleware>();
        app.MapGet("/limits", (HttpContext context) => (Allowance)context.Items[typeof(Allowance)]!)
            .WithTags("Rate limit")
            .WithSummary("Takes one request of what the caller has left, and says what remains")
            .WithDescription($"A caller is an API key ({Caller.Header}), or without one an address. Each answer carries RateLimit-Policy and RateLimit.")
            .CountCallers()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }
}
