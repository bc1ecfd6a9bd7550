using System.Globalization;
using SampleApi.Problems;

namespace SampleApi.KeyValue;

/// <summary>The <c>ttl</c> of a request: whole seconds, from 1.</summary>
internal static class TimeToLive
{
    /// <param name="sent">The query's value; null when it has none.</param>
    /// <exception cref="BadRequestException">It is there and not a whole number of seconds from 1 to 2147483647, or there twice, which reads as <c>1,2</c>.</exception>
    internal static TimeSpan? Read(string? sent)
    {
        if (sent is null)
        {
            return null;
        }

        return int.TryParse(sent, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(seconds)
            : throw new BadRequestException($"ttl is '{sent}': expected one whole number of seconds from 1 to {int.MaxValue}.");
    }
}
