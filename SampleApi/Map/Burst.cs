using System.ComponentModel;
using SampleApi.Problems;

namespace SampleApi.Map;

/// <summary>What to write.</summary>
/// <param name="Keys">How many keys.</param>
/// <param name="OneTag">All keys with one hash tag, and so in one slot.</param>
internal sealed record BurstRequest(
    [property: Description("How many keys, from 1 to 2000.")] int Keys,
    [property: Description("All keys with one hash tag, and so in one slot.")] bool OneTag = false)
{
    internal const int MaxKeys = 2000;

    /// <exception cref="BadRequestException">It asks for no key, or for too many.</exception>
    internal void Check()
    {
        if (Keys is < 1 or > MaxKeys)
        {
            throw new BadRequestException($"keys is {Keys}: expected a whole number from 1 to {MaxKeys}.");
        }
    }
}

/// <summary>Where the keys of a burst are.</summary>
/// <param name="Keys">Their names: <c>*</c> stands for a number from 0.</param>
/// <param name="Requested">How many were wanted.</param>
/// <param name="Written">How many a primary has acknowledged in time.</param>
/// <param name="Milliseconds">How long that took.</param>
/// <param name="TtlSeconds">After which they are gone.</param>
/// <param name="Primaries">Written keys by the address of the slot's primary; 0 for one that got none.</param>
/// <param name="Bins">Written keys by slot, in 256 parts of 64 slots.</param>
internal sealed record BurstResult(string Keys, int Requested, int Written, long Milliseconds, int TtlSeconds, IReadOnlyDictionary<string, int> Primaries, IReadOnlyList<int> Bins);
