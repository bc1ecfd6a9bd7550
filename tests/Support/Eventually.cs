using System.Diagnostics;
using Xunit;

namespace Support;

/// <summary>Waiting for a condition, with the sentence that explains its failure.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(30);

    /// <summary>Asks until the answer is yes.</summary>
    public static async Task HoldsAsync(string expectation, Func<CancellationToken, Task<bool>> condition, TimeSpan? limit = null, Func<string>? found = null)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var watch = Stopwatch.StartNew();
        while (!await condition(cancellationToken))
        {
            if (watch.Elapsed > (limit ?? DefaultLimit))
            {
                Assert.Fail($"Expected within {limit ?? DefaultLimit}: {expectation}.{(found is null ? "" : " Found: " + found())}");
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    public static Task HoldsAsync(string expectation, Func<bool> condition, TimeSpan? limit = null, Func<string>? found = null) =>
        HoldsAsync(expectation, _ => Task.FromResult(condition()), limit, found);
}
