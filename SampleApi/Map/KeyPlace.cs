using System.Text;
using RedisCluster.Client.Topology;
using SampleApi.KeyValue;
using StackExchange.Redis;

namespace SampleApi.Map;

/// <summary>Where a key lives.</summary>
/// <param name="Key">The key.</param>
/// <param name="HashedPart">What of it decides the slot.</param>
/// <param name="Reason">Why this part.</param>
/// <param name="Slot">CRC16 of that part, modulo 16384.</param>
/// <param name="Primary">Serves reads and writes of the slot; null while nobody does.</param>
/// <param name="Replicas">Have copies.</param>
internal sealed record KeyPlace(string Key, string HashedPart, string Reason, int Slot, string? Primary, IReadOnlyList<string> Replicas)
{
    internal const string Route = "/map/keys/";

    /// <summary><c>GET /map/keys/{key}</c>. The slot is the driver's, by which commands are really sent.</summary>
    internal static async Task<KeyPlace> FindAsync(HttpContext context, string? key, IConnectionMultiplexer redis, RedisClusterTopology topology)
    {
        var name = RequestedKey.Read(context.Request, key, Route);
        var text = Encoding.UTF8.GetString((byte[])name!);
        var (part, reason) = Map.HashedPart.Of(text);
        var slot = redis.HashSlot(name);
        var view = (await topology.SurveyAsync(context.RequestAborted)).View;
        var shard = view.Shards.FirstOrDefault(shard => shard.Slots.Contains(slot));
        return new KeyPlace(text, part, reason, slot, shard?.Primary?.Address, [.. (shard?.Replicas ?? []).Select(replica => replica.Address)]);
    }
}
