using StackExchange.Redis;

namespace RedisCluster.Client;

/// <summary>A call for many keys that failed for some of them: slots are on several nodes, and each answers for itself.</summary>
/// <typeparam name="TResult">Of the call.</typeparam>
public sealed class KeysFailedException<TResult> : RedisException
{
    internal KeysFailedException(IReadOnlyDictionary<RedisKey, Exception> failures, int keys, TResult result)
        : base($"{failures.Count} of {keys} keys failed, the others are done. The first reason: {failures.Values.First().Message}", failures.Values.First()) =>
        (Failures, Result) = (failures, result);

    /// <summary>The keys that failed, and why.</summary>
    public IReadOnlyDictionary<RedisKey, Exception> Failures { get; }

    /// <summary>What came of the other keys: values in their places, or how many were deleted.</summary>
    public TResult Result { get; }
}
