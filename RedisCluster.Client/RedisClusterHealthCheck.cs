using Microsoft.Extensions.Diagnostics.HealthChecks;
using RedisCluster.Client.Topology;
using RedisCluster.Topology;
using StackExchange.Redis;

namespace RedisCluster.Client;

/// <summary>
/// Unhealthy: slots that no reachable primary serves. Degraded: a primary that refuses writes, a shard without a replica in step, or a node that is not online. Observes, and
/// never repairs.
/// </summary>
internal sealed class RedisClusterHealthCheck(RedisClusterTopology topology, long replicaLagLimit) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            return Judge(await topology.ReadAsync(cancellationToken).ConfigureAwait(false), replicaLagLimit);
        }
        catch (RedisServerException exception) when (RedisClusterTopology.IsOfRights(exception))
        {
            return Judge(await topology.ConnectedNodesAsync().ConfigureAwait(false));
        }
        catch (RedisException exception)
        {
            return HealthCheckResult.Unhealthy(exception.Message);
        }
    }

    /// <summary>The verdict on a view, with the words that count what is wrong.</summary>
    internal static HealthCheckResult Judge(ClusterShards view, long replicaLagLimit)
    {
        var shards = view.Shards.Where(shard => !shard.Slots.IsEmpty).ToList();
        var nodes = view.Nodes.ToList();
        var words = new List<string> { $"{view.ServedSlots.Count}/{SlotSet.SlotCount} slots served by {shards.Count} shards", $"{nodes.Count(node => node.IsUsable)}/{nodes.Count} nodes usable" };

        var unserved = view.ServedSlots.Complement();
        if (!unserved.IsEmpty)
        {
            words.Add($"slots {unserved} have no reachable primary");
        }

        var weaknesses = shards.Select(shard => shard.Primary).OfType<ShardNode>().Where(primary => primary is { IsUsable: true, RefusesWrites: not null })
            .Select(primary => RefusesWrites(primary.Address, primary.RefusesWrites!))
            .Concat(shards.Select(shard => Weakness(shard, replicaLagLimit)).OfType<string>()).ToList();
        words.AddRange(weaknesses);
        words.AddRange(nodes.Where(node => !node.IsUsable).Select(node => $"{node.Address} is {(node.Health == "online" ? "not reachable from here" : node.Health)}"));

        var text = string.Join("; ", words);
        return !unserved.IsEmpty ? HealthCheckResult.Unhealthy(text)
            : weaknesses.Count > 0 || nodes.Any(node => !node.IsUsable) ? HealthCheckResult.Degraded(text)
            : HealthCheckResult.Healthy(text);
    }

    /// <summary>The verdict when the user may not ask for the shards: what is unknown is no fault.</summary>
    internal static HealthCheckResult Judge(ConnectedNodes nodes)
    {
        var words = new List<string> { $"{nodes.Count - nodes.Lost.Count}/{nodes.Count} nodes answer, shards and slots are unknown: the user may not ask for them" };
        var isBroken = nodes.Primaries < nodes.MostPrimaries || nodes.Primaries == 0;
        if (isBroken)
        {
            words.Add($"{nodes.Primaries} of {nodes.MostPrimaries} primaries answer");
        }

        if (!nodes.FindsSlots)
        {
            words.Add("the driver finds no slots: the user needs the right to run CLUSTER NODES");
        }

        words.AddRange(nodes.Refusing.Select(node => RefusesWrites(node.Address, node.Words)));
        words.AddRange(nodes.Lost.Select(node => $"{node} is not reachable from here"));
        var text = string.Join("; ", words);
        return isBroken || !nodes.FindsSlots ? HealthCheckResult.Unhealthy(text) : words.Count > 1 ? HealthCheckResult.Degraded(text) : HealthCheckResult.Healthy(text);
    }

    private static string RefusesWrites(string address, string sentence) => $"{address} refuses writes: {ServerRefusal.FirstWord(sentence)}";

    private static string? Weakness(Shard shard, long replicaLagLimit)
    {
        var online = shard.Replicas.Where(replica => replica.Health == "online").ToList();
        if (online.Count == 0)
        {
            return $"shard {shard.Slots} has no replica online";
        }

        // Only a primary knows how far its replicas are; one replica in step is enough to take over without loss.
        if (shard.Primary is not { IsUsable: true } || online.Any(replica => replica.LagBytes <= replicaLagLimit))
        {
            return null;
        }

        var closest = online.MinBy(replica => replica.LagBytes ?? long.MaxValue)!;
        return closest.LagBytes is { } lag
            ? $"shard {shard.Slots}: replica {closest.Address} is {lag} bytes behind, limit {replicaLagLimit}"
            : $"shard {shard.Slots}: replica {closest.Address} is not linked to its primary";
    }
}
