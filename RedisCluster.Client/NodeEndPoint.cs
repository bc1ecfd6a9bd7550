using System.Net;

namespace RedisCluster.Client;

/// <summary>Nodes as the driver names them.</summary>
internal static class NodeEndPoint
{
    /// <summary>Host and port; port 0 for what is no address of a network.</summary>
    internal static (string Host, int Port) Parts(this EndPoint node) => node switch
    {
        DnsEndPoint dns => (dns.Host, dns.Port),
        IPEndPoint ip => (ip.Address.ToString(), ip.Port),
        _ => (node.ToString()!, 0),
    };

    /// <summary><c>localhost:7001</c>, <c>[::1]:7001</c>.</summary>
    internal static string Address(this EndPoint node) => node is DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : node.ToString()!;
}
