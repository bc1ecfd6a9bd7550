using System.Diagnostics;
using Xunit;

namespace EndToEndTests.App;

internal static class Wait
{
    private static readonly TimeSpan interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks until the condition holds; when it does not within the time, fails with the sentence.</summary>
    public static async Task UntilAsync(Func<CancellationToken, Task<bool>> condition, TimeSpan within, Func<string> otherwise, CancellationToken cancellationToken)
    {
        var elapsed = Stopwatch.StartNew();
        while (!await condition(cancellationToken))
        {
            if (elapsed.Elapsed > within)
            {
                Assert.Fail(otherwise());
            }
            await Task.Delay(interval, cancellationToken);
        }
    }
}
