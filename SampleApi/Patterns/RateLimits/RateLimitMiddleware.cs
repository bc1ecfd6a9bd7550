using System.Globalization;

namespace SampleApi.Patterns.RateLimits;

/// <summary>Marks routes whose callers are counted.</summary>
internal sealed class CountsCallers;

/// <summary>
/// Counts the caller of a marked route before anything else of the request happens, a lookup in the output cache included. The fields are those of
/// draft-ietf-httpapi-ratelimit-headers-10: <c>RateLimit-Policy</c> says what holds, <c>RateLimit</c> what is left.
/// </summary>
internal sealed class RateLimitMiddleware(RequestDelegate next)
{
    private const string QuotaExceeded = "https://iana.org/assignments/http-problem-types#quota-exceeded";

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<CountsCallers>() is null)
        {
            await next(context);
            return;
        }

        // When the cluster cannot answer, this throws and the caller gets a 503: a limit that opens when its counter is away is none.
        var counters = context.RequestServices.GetRequiredService<CallerCounters>(); // here: it waits for the connection
        var allowance = await counters.TakeAsync(Caller.Of(context), Guid.NewGuid()).WaitAsync(context.RequestAborted);
        // At the last moment: an answer from the output cache brings the headers of the one that it was made for, and those are another caller's.
        context.Response.OnStarting(() =>
        {
            Describe(context.Response.Headers, allowance.Policies);
            return Task.CompletedTask;
        });
        if (allowance.IsAdmitted)
        {
            context.Items[typeof(Allowance)] = allowance;
            await next(context);
            return;
        }

        var exceeded = allowance.Policies.Where(policy => policy.Remaining == 0).ToList();
        context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        context.Response.Headers.RetryAfter = exceeded.Max(policy => Math.Max(1, policy.ResetSeconds)).ToString(CultureInfo.InvariantCulture);
        await Results.Problem(
            type: QuotaExceeded,
            statusCode: StatusCodes.Status429TooManyRequests,
            title: "The caller's quota is used up.",
            detail: $"Expected at most {string.Join(" and ", exceeded.Select(policy => $"{policy.Limit} requests in {policy.WindowSeconds} s"))}: ask again after the time in Retry-After.",
            extensions: new Dictionary<string, object?> { ["violated-policies"] = exceeded.Select(policy => policy.Name).ToArray() }).ExecuteAsync(context);
    }

    private static void Describe(IHeaderDictionary headers, IReadOnlyList<Policy> policies)
    {
        headers["RateLimit-Policy"] = string.Join(", ", policies.Select(policy => string.Create(CultureInfo.InvariantCulture, $"\"{policy.Name}\";q={policy.Limit};w={policy.WindowSeconds}")));
        headers["RateLimit"] = string.Join(", ", policies.Select(policy => string.Create(CultureInfo.InvariantCulture, $"\"{policy.Name}\";r={policy.Remaining};t={policy.ResetSeconds}")));
    }
}
