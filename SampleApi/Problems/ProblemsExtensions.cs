using Microsoft.AspNetCore.Http.Timeouts;

namespace SampleApi.Problems;

/// <summary>Every error is an <c>application/problem+json</c>, and no request takes for ever.</summary>
internal static class ProblemsExtensions
{
    // A failover with the default node timeout of 5 s ends within 8.5 s: a request that met one is answered after it.
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(12);

    internal static void AddProblems(this IServiceCollection services)
    {
        services.AddProblemDetails();
        services.AddExceptionHandler<ExceptionToProblem>();
        services.AddStrictJson();
        services.AddRequestTimeouts(options => options.DefaultPolicy = new RequestTimeoutPolicy
        {
            Timeout = RequestLimit,
            WriteTimeoutResponse = context => ClusterUnavailable.WriteAsync(context, $"The cluster did not answer within {RequestLimit.TotalSeconds} s."),
        });
    }

    internal static void UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseRequestTimeouts();
    }
}
