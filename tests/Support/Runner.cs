namespace Support;

/// <summary>What this project needs to know of the test framework that runs it; a test project sets it, a program that measures leaves it.</summary>
internal static class Runner
{
    /// <summary>Ends when the running test does: it bounds every wait.</summary>
    public static Func<CancellationToken> CurrentToken { private get; set; } = () => CancellationToken.None;

    /// <summary>Ends the running test as skipped; the text is the reason.</summary>
    public static Action<string>? Skip { private get; set; }

    public static CancellationToken Token => CurrentToken();

    /// <summary>What a test needs of the machine: without it the test is skipped with the reason, or fails when CI=true.</summary>
    /// <exception cref="ExpectationException">It is missing, and nothing can be skipped here.</exception>
    public static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            SkipUnlessInCI(otherwise);
            throw new ExpectationException(otherwise);
        }
    }

    /// <summary>Skips the running test where it may be skipped.</summary>
    public static void SkipUnlessInCI(string reason)
    {
        if (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Skip?.Invoke(reason);
        }
    }
}
