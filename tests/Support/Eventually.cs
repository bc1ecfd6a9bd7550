using System.Diagnostics;

namespace Support;

/// <summary>Waiting for a condition, with the sentence that explains its failure.</summary>
internal static class Eventually
{
    private static readonly TimeSpan DefaultPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(30);

    /// <summary>Asks until the answer is yes.</summary>
    /// <param name="expectation">What is to hold, for the message.</param>
    /// <param name="condition">The question.</param>
    /// <param name="limit">How long to ask; 30 s by default.</param>
    /// <param name="found">What is there instead, for the message.</param>
    /// <param name="pause">Between two questions; 5 ms by default, more for questions that cost a program.</param>
    /// <exception cref="ExpectationException">The answer was still no after the time.</exception>
    public static async Task HoldsAsync(
        string expectation, Func<CancellationToken, Task<bool>> condition, TimeSpan? limit = null, Func<string>? found = null, TimeSpan? pause = null)
    {
        var cancellationToken = Runner.Token;
        var begun = Stopwatch.GetTimestamp();
        while (!await condition(cancellationToken))
        {
            ExpectationException.ThrowUnless(
                Stopwatch.GetElapsedTime(begun) <= (limit ?? DefaultLimit),
                $"Expected within {(limit ?? DefaultLimit).TotalSeconds:0.#} s: {expectation}.{(found is null ? "" : " Found: " + found())}");
            await Task.Delay(pause ?? DefaultPause, cancellationToken);
        }
    }

    public static Task HoldsAsync(string expectation, Func<bool> condition, TimeSpan? limit = null, Func<string>? found = null) =>
        HoldsAsync(expectation, _ => Task.FromResult(condition()), limit, found);
}
