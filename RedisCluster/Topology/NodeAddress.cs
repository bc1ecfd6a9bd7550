using System.Globalization;

namespace RedisCluster.Topology;

/// <summary>Host and port for clients, written <c>localhost:7001</c>. The host is a name or an IP address.</summary>
internal sealed record NodeAddress(string Host, int Port)
{
    /// <summary>Reads <c>localhost:7001</c>, <c>172.28.0.2:7001</c>, <c>::1:7001</c> (as Redis writes IPv6) and <c>[::1]:7001</c>.</summary>
    /// <exception cref="FormatException">The text has no port between 1 and 65535.</exception>
    public static NodeAddress Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
            ? new NodeAddress(text[..colon].Trim('[', ']'), port)
            : throw new FormatException($"Expected host:port like 'localhost:7001', found '{text}'.");
    }

    public override string ToString() => $"{Host}:{Port}";
}

/// <summary>
/// Where other nodes reach a node: its own IP address and client port, as field <c>laddr</c> of CLIENT INFO gives them, and
/// its bus port. Written <c>172.28.0.2:7001@17001</c>; CLUSTER MEET takes nothing else, names are refused.
/// </summary>
internal sealed record BusAddress(string Ip, int Port, int BusPort)
{
    public override string ToString() => $"{Ip}:{Port}@{BusPort}";
}
