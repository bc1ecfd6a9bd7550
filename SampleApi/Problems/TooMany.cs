namespace SampleApi.Problems;

/// <summary>503 with Retry-After: streams last as long as somebody listens, and an instance has room for so many.</summary>
internal static class TooMany
{
    internal static IResult Of(HttpContext context, string what, int most)
    {
        context.Response.Headers.RetryAfter = "5";
        return Results.Problem(statusCode: StatusCodes.Status503ServiceUnavailable, title: "Too many streams are open.", detail: $"This instance serves {most} {what} at once: close one, or try again later.");
    }
}
