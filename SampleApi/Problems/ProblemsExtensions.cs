using Microsoft.AspNetCore.Http.Timeouts;

namespace SampleApi.Problems;

/// <summary>Every error is an <c>application/problem+json</c>, and no request takes for ever.</summary>
internal static class ProblemsExtensions
{
    // A failover with the default node timeout of 5 s ends within 8.5 s: a request that met one is answered after it.
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(12);

    internal static void AddProblems(this IServiceCollection services)
    {
        services.AddProblemDetails(problems => problems.CustomizeProblemDetails = problem => problem.ProblemDetails.Detail ??= problem.HttpContext.Response.StatusCode switch
        {
            // The binding of JSON bodies answers these two by itself, with nothing but the status.
            StatusCodes.Status413PayloadTooLarge => BodyLimit.Exceeded(problem.HttpContext),
            StatusCodes.Status415UnsupportedMediaType => "The body is something else than JSON: send it as application/json.",
            _ => null,
        });
        services.AddExceptionHandler<ExceptionToProblem>();
        services.AddStrictJson();
        services.AddRequestTimeouts(options => options.DefaultPolicy = new RequestTimeoutPolicy
        {
            Timeout = RequestLimit,
            WriteTimeoutResponse = context => ClusterUnavailable.WriteAsync(context, $"The cluster did not answer within {RequestLimit.TotalSeconds} s."),
        });
    }

    /// <summary>
    /// Routes whose handler is given up when the caller goes away or the time of the request is over. The driver knows no cancellation: what is under way ends by itself,
    /// within the time for which commands are repeated.
    /// </summary>
    internal static RouteGroupBuilder MapLimited(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .AddEndpointFilter(async (context, next) => await next(context).AsTask().WaitAsync(context.HttpContext.RequestAborted));

    internal static void UseProblems(this WebApplication app)
    {
        // By hand, since what the framework writes depends on what the caller accepts: to a browser it would be plain text, or nothing.
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = context => Results.Problem(statusCode: StatusCodes.Status500InternalServerError).ExecuteAsync(context) });
        app.UseStatusCodePages(context => Results.Problem(statusCode: context.HttpContext.Response.StatusCode).ExecuteAsync(context.HttpContext));
        app.UseRequestTimeouts();
        app.Use(BodyLimit.ApplyAsync);
    }
}
