namespace SampleApi.Problems;

/// <summary>A whole number in a query that bounds what a request costs.</summary>
internal static class RequestedCount
{
    /// <exception cref="BadRequestException">It is outside of the range, both ends inclusive.</exception>
    internal static int Read(int? sent, string name, int otherwise, int least, int most) =>
        (sent ?? otherwise) is var count && count >= least && count <= most
            ? count
            : throw new BadRequestException($"{name} is {count}: expected a whole number from {least} to {most}.");
}
