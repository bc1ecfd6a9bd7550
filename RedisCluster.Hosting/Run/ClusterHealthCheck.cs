using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RedisCluster.Hosting.Run;

/// <summary>Counts reachable nodes and slots with an owner, from what all nodes say now.</summary>
internal sealed class ClusterHealthCheck(ClusterWatch watch) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var (status, text) = (await watch.ObserveAsync(cancellationToken)).Health();
        return new HealthCheckResult(status, text);
    }
}
