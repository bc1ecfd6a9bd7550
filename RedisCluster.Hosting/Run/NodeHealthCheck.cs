using System.Diagnostics;
using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RedisCluster.Wire;

namespace RedisCluster.Hosting.Run;

/// <summary>
/// Healthy when the node answers PING with the right password and has loaded its data. Asks every 25 ms for up to 4 s:
/// the next call of the check would come a whole second later, and everything waits for it.
/// </summary>
internal sealed class NodeHealthCheck(IRedisClusterNode node) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(1);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var started = Stopwatch.GetTimestamp();
        for (var attempts = 1; ; attempts++)
        {
            var (isUp, isFinal, finding) = await AskAsync(cancellationToken);
            if (isUp)
            {
                return HealthCheckResult.Healthy(finding);
            }

            var elapsed = Stopwatch.GetElapsedTime(started);
            if (isFinal || elapsed >= Patience)
            {
                return HealthCheckResult.Unhealthy(string.Create(CultureInfo.InvariantCulture, $"{finding} ({attempts} attempts in {elapsed.TotalSeconds:0.0} s)"));
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    private async Task<(bool IsUp, bool IsFinal, string Finding)> AskAsync(CancellationToken cancellationToken)
    {
        var (address, doing) = (node.Setup.Address, "has no password yet: its parameter got no value");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerTimeout);
        try
        {
            var password = await node.Cluster.PasswordAsync(limit.Token).AsTask().WaitAsync(limit.Token);
            doing = "does not answer PING";
            await using var connection = await NodeConnection.OpenAsync(ClusterWatch.AddressOf(node), user: null, password, TimeSpan.Zero, limit.Token);
            await connection.SendAsync(["PING"], limit.Token);
            return (true, false, $"{address} answers PING");
        }
        catch (NodeRefusedException refused) when (refused.RefusesPassword)
        {
            return (false, true, $"{address} refuses the password of {node.Cluster.Name}: is another server on this port? It says: {refused.Error}");
        }
        catch (NodeRefusedException refused)
        {
            return (false, false, $"{address} is not ready: {refused.Error}");
        }
        catch (NodeUnreachableException unreachable)
        {
            return (false, false, $"{address} does not answer: {unreachable.Reason}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (false, false, $"{address} {doing} within {AnswerTimeout.TotalSeconds:0} s");
        }
    }
}
