using System.Diagnostics;

namespace Bench.Campaign;

/// <summary>Drops steps of a failing sequence while it still fails in the same way.</summary>
internal static class Shrinking
{
    private const int TriesOfEach = 2;

    /// <summary>The shortest one found within the time.</summary>
    /// <param name="failed">What is known to fail.</param>
    /// <param name="play">Plays a shorter one.</param>
    /// <param name="within">No try begins later.</param>
    public static async Task<SequenceResult> ShrinkAsync(SequenceResult failed, Func<Sequence, Task<SequenceResult>> play, TimeSpan within)
    {
        var begun = Stopwatch.GetTimestamp();
        for (var size = Math.Max(1, failed.Sequence.Steps.Length / 2); size >= 1; size /= 2)
        {
            for (var index = 0; index + size <= failed.Sequence.Steps.Length;)
            {
                var shorter = failed.Sequence.Without(index, size);
                SequenceResult? again = null;
                for (var attempt = 0; attempt < TriesOfEach && again is null; attempt++)
                {
                    if (Stopwatch.GetElapsedTime(begun) > within)
                    {
                        return failed;
                    }

                    again = await play(shorter) is var result && result.FailsAs(failed) ? result : null;
                }

                (failed, index) = again is null ? (failed, index + size) : (again, index);
            }
        }

        return failed;
    }
}
