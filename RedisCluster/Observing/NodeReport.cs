using System.Globalization;
using RedisCluster.Topology;

namespace RedisCluster.Observing;

/// <summary>The reply to INFO: <c>name:value</c> lines below <c># Section</c> headings.</summary>
internal sealed class NodeReport
{
    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);

    public NodeReport(string reply)
    {
        foreach (var line in reply.Split('\n', StringSplitOptions.TrimEntries))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line[0] != '#')
            {
                _fields[line[..colon]] = line[(colon + 1)..];
            }
        }
    }

    /// <summary>What runs. Valkey also tells the Redis version that it is compatible with, so its own field comes first.</summary>
    public ServerVersion Server => this["valkey_version"] is { } valkey
        ? new ServerVersion(ServerKind.Valkey, Version.Parse(valkey))
        : new ServerVersion(ServerKind.Redis, Version.Parse(this["redis_version"] ?? "0.0"));

    /// <summary>The replica's side of replication; null on a primary.</summary>
    public ReplicationState? Replication => this["role"] == "slave"
        ? new ReplicationState(
            new NodeAddress(this["master_host"] ?? "", (int)Number("master_port")),
            this["master_link_status"] == "up",
            Number("slave_repl_offset"))
        : null;

    public string? this[string name] => _fields.GetValueOrDefault(name);

    public long Number(string name) => long.TryParse(this[name], CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>
    /// Where other nodes reach the node: the end of our connection that the node itself sees, as CLIENT INFO tells it. It is the
    /// address in the container's network even when we came through a published port.
    /// </summary>
    /// <param name="client">CLIENT INFO: <c>id=3 addr=172.28.0.1:50768 laddr=172.28.0.2:7001 fd=12 ...</c></param>
    /// <param name="busPort">The bus port of the node's own line.</param>
    public static BusAddress OwnAddress(string client, int busPort)
    {
        var field = client.Split(' ').FirstOrDefault(word => word.StartsWith("laddr=", StringComparison.Ordinal))
            ?? throw new FormatException($"Expected a field laddr in CLIENT INFO, found: {client}");
        var address = NodeAddress.Parse(field["laddr=".Length..]);
        return new BusAddress(address.Host, address.Port, busPort);
    }
}
