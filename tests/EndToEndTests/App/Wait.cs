using System.Diagnostics;
using Xunit;

namespace EndToEndTests.App;

internal static class Wait
{
    private static readonly TimeSpan interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks until the condition holds; when it does not within the time, fails with the sentence.</summary>
    public static Task UntilAsync(Func<CancellationToken, Task<bool>> condition, TimeSpan within, Func<string> otherwise, CancellationToken cancellationToken)
        => UntilAsync(condition, within, _ => Task.FromResult(otherwise()), cancellationToken);

    /// <summary>The same for a sentence that has to be asked for.</summary>
    public static async Task UntilAsync(
        Func<CancellationToken, Task<bool>> condition, TimeSpan within, Func<CancellationToken, Task<string>> otherwise, CancellationToken cancellationToken)
    {
        var elapsed = Stopwatch.StartNew();
        while (!await condition(cancellationToken))
        {
            if (elapsed.Elapsed > within)
            {
                Assert.Fail(await otherwise(cancellationToken));
            }
            await Task.Delay(interval, cancellationToken);
        }
    }
}
