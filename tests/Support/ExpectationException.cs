namespace Support;

/// <summary>The sentence that says what was expected and what was found instead.</summary>
internal sealed class ExpectationException(string message) : Exception(message)
{
    public static void ThrowUnless(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new ExpectationException(otherwise);
        }
    }
}
