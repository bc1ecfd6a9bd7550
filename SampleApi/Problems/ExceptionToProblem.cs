using Microsoft.AspNetCore.Diagnostics;
using StackExchange.Redis;

namespace SampleApi.Problems;

/// <summary>Exceptions that are answers. All others are logged and become a 500 without a word about the inside.</summary>
internal sealed class ExceptionToProblem : IExceptionHandler
{
    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        switch (exception)
        {
            case BadRequestException bad:
                await ProblemAsync(httpContext, bad.StatusCode, bad.Message);
                return true;
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                await ProblemAsync(httpContext, StatusCodes.Status413PayloadTooLarge, BodyLimit.Exceeded(httpContext));
                return true;
            case BadHttpRequestException bad:
                await ProblemAsync(httpContext, bad.StatusCode, JsonBody.Explain(bad));
                return true;
            case RedisServerException { Message: var message } when message.StartsWith("WRONGTYPE", StringComparison.Ordinal):
                await ProblemAsync(httpContext, StatusCodes.Status409Conflict, "The key holds something else than was asked for.");
                return true;
            default:
                return await ClusterUnavailable.TryWriteAsync(httpContext, exception);
        }
    }

    private static Task ProblemAsync(HttpContext context, int statusCode, string detail)
    {
        context.Response.StatusCode = statusCode;
        return Results.Problem(statusCode: statusCode, detail: detail).ExecuteAsync(context);
    }
}
