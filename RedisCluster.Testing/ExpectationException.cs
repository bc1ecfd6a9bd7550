namespace RedisCluster.Testing;

/// <summary>The sentence that says what was expected and what was found instead; of a cluster, node by node and with the ends of their logs.</summary>
public sealed class ExpectationException : Exception
{
    internal ExpectationException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    internal static void ThrowUnless(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new ExpectationException(otherwise);
        }
    }
}
