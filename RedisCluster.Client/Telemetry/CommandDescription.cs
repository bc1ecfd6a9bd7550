using System.Net;

namespace RedisCluster.Client.Telemetry;

/// <summary>What is the same for every call of one command on one node; made once, since a busy application records tens of thousands a second.</summary>
internal sealed class CommandDescription
{
    // The driver sends a transaction as one message and profiles it under the name of its last command; the convention knows it by its first.
    private const string TransactionOfDriver = "EXEC";
    private const string TransactionOfConvention = "MULTI";

    internal CommandDescription(string command, EndPoint node, IPEndPoint? peer)
    {
        var (address, port) = Split(node);
        var operation = command == TransactionOfDriver ? TransactionOfConvention : command;
        // The convention's `{operation} {target}`; the database index is not a target, since it is a meaningless number.
        SpanName = $"{operation} {address}:{port}";
        Measured =
        [
            new("db.system.name", "redis"),
            new("db.operation.name", operation),
            new("db.namespace", "0"), // a cluster has no other
            new("server.address", address),
            new("server.port", port),
        ];
        // A dashboard draws the node as the other end by the service. The peer is where the node lives now: in a failed call it may never have been reached.
        Traced = peer is null
            ? [.. Measured, new("peer.service", $"{address}:{port}")]
            : [.. Measured, new("network.peer.address", peer.Address.ToString()), new("network.peer.port", peer.Port), new("peer.service", $"{address}:{port}")];
    }

    internal string SpanName { get; }

    internal KeyValuePair<string, object?>[] Measured { get; }

    internal KeyValuePair<string, object?>[] Traced { get; }

    internal KeyValuePair<string, object?>[] MeasuredWith(CommandError error) => error.StatusCode is { } code
        ? [.. Measured, new("error.type", error.Type), new("db.response.status_code", code)]
        : [.. Measured, new("error.type", error.Type)];

    internal static (string Address, int Port) Split(EndPoint node) => node switch
    {
        DnsEndPoint dns => (dns.Host, dns.Port),
        IPEndPoint ip => (ip.Address.ToString(), ip.Port),
        _ => (node.ToString()!, 0),
    };
}
