using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace RedisCluster.Topology;

/// <summary>Host and port for clients, written <c>localhost:7001</c>. The host is a name or an IP address.</summary>
internal sealed record NodeAddress(string Host, int Port)
{
    /// <summary>Reads <c>localhost:7001</c>, <c>172.28.0.2:7001</c>, <c>::1:7001</c> (as Redis writes IPv6) and <c>[::1]:7001</c>.</summary>
    /// <exception cref="FormatException">The text has no port between 1 and 65535.</exception>
    public static NodeAddress Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"Expected host:port like 'localhost:7001', found '{text}'.");

    public static bool TryParse(string text, [NotNullWhen(true)] out NodeAddress? address)
    {
        var colon = text.LastIndexOf(':');
        address = colon > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
            ? new NodeAddress(text[..colon].Trim('[', ']'), port)
            : null;
        return address is not null;
    }

    public override string ToString() => $"{Host}:{Port}";
}

/// <summary>
/// Where other nodes reach a node: its own IP address and client port, as field <c>laddr</c> of CLIENT INFO gives them, and
/// its bus port. Written <c>172.28.0.2:7001@17001</c>; CLUSTER MEET takes nothing else, names are refused.
/// </summary>
internal sealed record BusAddress(string Ip, int Port, int BusPort)
{
    /// <summary>
    /// Of the node that answered CLIENT INFO: the end of our connection that it sees itself. It is the address in the container's network even when we came
    /// through a published port.
    /// </summary>
    /// <param name="client"><c>id=3 addr=172.28.0.1:50768 laddr=172.28.0.2:7001 fd=12 ...</c></param>
    /// <param name="busPort">The bus port of the node's own line.</param>
    /// <exception cref="FormatException">There is no such field.</exception>
    public static BusAddress OfClientInfo(string client, int busPort)
    {
        var field = client.Split(' ').FirstOrDefault(word => word.StartsWith("laddr=", StringComparison.Ordinal))
            ?? throw new FormatException($"Expected a field laddr in CLIENT INFO, found: {client}");
        var address = NodeAddress.Parse(field["laddr=".Length..]);
        return new BusAddress(address.Host, address.Port, busPort);
    }

    public override string ToString() => $"{Ip}:{Port}@{BusPort}";
}
