using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RedisCluster.Hosting.Run;

/// <summary>
/// Healthy when the node answers PING with the right password and has loaded its data. Asks every 25 ms for up to 4 s:
/// the next call of the check would come a whole second later, and everything waits for it.
/// </summary>
internal sealed class NodeHealthCheck(IRedisClusterNode node) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(1);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var password = await node.Cluster.PasswordParameter.GetValueAsync(cancellationToken) ?? "";
        var started = Stopwatch.GetTimestamp();
        for (var attempts = 1; ; attempts++)
        {
            var (isUp, isFinal, finding) = await AskAsync(password, cancellationToken);
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

    private async Task<(bool IsUp, bool IsFinal, string Finding)> AskAsync(string password, CancellationToken cancellationToken)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(Answer);
        try
        {
            await using var connection = await NodeConnection.OpenAsync(node.Port, password, bounded.Token);
            await connection.AskAsync(["PING"], bounded.Token);
            return (true, false, $"localhost:{node.Port} answers PING");
        }
        catch (NodeErrorException error) when (error.Code is "WRONGPASS" or "NOAUTH" or "ERR")
        {
            return (false, true, $"localhost:{node.Port} refuses the password of {node.Cluster.Name}: is another server on this port? It says: {error.Message}");
        }
        catch (NodeErrorException error)
        {
            return (false, false, $"localhost:{node.Port} is not ready: {error.Message}");
        }
        catch (Exception cause) when (cause is SocketException or IOException)
        {
            return (false, false, $"localhost:{node.Port} does not accept connections: {cause.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (false, false, $"localhost:{node.Port} accepts connections and does not answer PING within {Answer.TotalSeconds:0} s");
        }
    }
}
