namespace Aspire.Hosting;

/// <summary>A Redis Cluster cannot be started as it is configured; the message lists every problem.</summary>
public sealed class RedisClusterStartException : DistributedApplicationException
{
    internal RedisClusterStartException(string cluster, IReadOnlyList<string> problems)
        : base($"The Redis Cluster '{cluster}' cannot be started:{string.Concat(problems.Select(problem => $"\n  - {problem}"))}") =>
        Problems = problems;

    /// <summary>One sentence or two for each problem: what was found, what is expected, what to do.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>The message alone: a stack trace below a wrong setting would only hide it.</summary>
    public override string ToString() => Message;
}
