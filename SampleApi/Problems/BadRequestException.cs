namespace SampleApi.Problems;

/// <summary>The request cannot be served as it is; the message says what was expected and found, and is shown to the caller.</summary>
internal sealed class BadRequestException(string message, int statusCode = StatusCodes.Status400BadRequest) : Exception(message)
{
    internal int StatusCode { get; } = statusCode;
}
