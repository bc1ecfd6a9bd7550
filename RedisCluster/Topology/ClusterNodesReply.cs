using System.Globalization;

namespace RedisCluster.Topology;

/// <summary>
/// Reads CLUSTER NODES of Redis 7.0 to 8.x and Valkey 7.2 to 9.x. A line, and its odd forms:
/// <code>
/// id       address                          flags          primary ping pong          epoch link      slots
/// c31873.. 127.0.0.1:7201@17201,localhost   master         -       0    1795425925754 2     connected 0-100 200
/// 56ee81.. 127.0.0.1:7200@17200,localhost   myself,master  -       0    0             1     connected 0 [5->-c31873..] [7-&lt;-c31873..]
/// 56ee81.. :7200@17200,localhost            myself,master  -       0    0             0     connected      no IP address before the first peer
/// 96e2eb.. 127.0.0.1:7201@17201             slave          741a..  0    1795425927566 1     connected      host name not gossiped yet
/// 25a3c7.. 127.0.0.1:7219@17219             handshake      -       0    0             0     disconnected   the id is a placeholder
/// 9d0c11.. :0@0,localhost                   master,noaddr  -       1795 1795          3     disconnected 0-5460
/// 9d0c11.. 10.0.0.7:7001@17001              master,fail?   -       1795 1795          3     connected
/// 9d0c11.. ::1:7001@17001                   noflags        -       0    0             0     disconnected
/// 9d0c11.. 10.0.0.7:7001@17001,,tls-port=0,shard-id=69bc..  slave  ...                                     auxiliary fields, skipped
/// </code>
/// </summary>
internal static class ClusterNodesReply
{
    /// <exception cref="FormatException">A line is not as above; the message shows it.</exception>
    public static NodeTable Parse(string reply) =>
        new(reply.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(ParseLine));

    /// <exception cref="FormatException">The line is not as above; the message shows it.</exception>
    public static NodeEntry ParseLine(string line)
    {
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 8)
        {
            throw Unexpected(line, "at least eight fields");
        }

        var flags = fields[2].Split(',').Aggregate(NodeFlags.None, (all, word) => all | ParseFlag(word, line));
        var (ip, port, busPort, hostName) = ParseAddress(fields[1], line);
        return new NodeEntry
        {
            Id = new NodeId(fields[0]),
            Ip = ip,
            Port = port,
            BusPort = busPort,
            HostName = hostName,
            Flags = flags,
            PrimaryId = fields[3] == "-" ? null : new NodeId(fields[3]),
            HeardFrom = flags.HasFlag(NodeFlags.Myself) || fields[5] != "0",
            ConfigEpoch = long.TryParse(fields[6], CultureInfo.InvariantCulture, out var epoch) ? epoch : throw Unexpected(line, "a config epoch"),
            LinkConnected = fields[7] switch
            {
                "connected" => true,
                "disconnected" => false,
                _ => throw Unexpected(line, "'connected' or 'disconnected'"),
            },
            Slots = SlotSet.Of(fields[8..].Where(field => field[0] != '[').Select(field => SlotRange.Parse(field))),
            OpenSlots = [.. fields[8..].Where(field => field[0] == '[').Select(field => ParseOpenSlot(field, line))],
        };
    }

    private static (string Ip, int Port, int BusPort, string HostName) ParseAddress(string field, string line)
    {
        // The host name is the second part; what follows are name=value fields, which Redis 7.2 and Valkey add to nodes.conf.
        var parts = field.Split(',');
        var hostName = parts.Length > 1 && !parts[1].Contains('=', StringComparison.Ordinal) ? parts[1] : "";
        var at = parts[0].LastIndexOf('@');
        var address = at < 0 ? parts[0] : parts[0][..at];
        var colon = address.LastIndexOf(':');
        if (colon < 0 || !int.TryParse(address.AsSpan(colon + 1), out var port))
        {
            throw Unexpected(line, "an address like 127.0.0.1:7001@17001");
        }

        var busPort = at < 0 ? BusPort.Of(port) : int.TryParse(parts[0].AsSpan(at + 1), out var given) ? given : throw Unexpected(line, "a bus port");
        return (address[..colon], port, busPort, hostName);
    }

    private static OpenSlot ParseOpenSlot(string field, string line)
    {
        var dash = field.IndexOf('-', StringComparison.Ordinal);
        if (dash > 0 && field.Length > dash + 4 && field[^1] == ']' && int.TryParse(field.AsSpan(1, dash - 1), out var slot))
        {
            var peer = new NodeId(field[(dash + 3)..^1]);
            switch (field.AsSpan(dash, 3))
            {
                case "->-": return new OpenSlot(slot, OpenSlotDirection.Migrating, peer);
                case "-<-": return new OpenSlot(slot, OpenSlotDirection.Importing, peer);
            }
        }

        throw Unexpected(line, "open slots like [5->-id] or [5-<-id]");
    }

    private static NodeFlags ParseFlag(string word, string line) => word switch
    {
        "myself" => NodeFlags.Myself,
        "master" => NodeFlags.Primary,
        "slave" => NodeFlags.Replica,
        "fail?" => NodeFlags.MaybeFailed,
        "fail" => NodeFlags.Failed,
        "handshake" => NodeFlags.Handshake,
        "noaddr" => NodeFlags.NoAddress,
        "nofailover" => NodeFlags.NoFailover,
        "noflags" => NodeFlags.None,
        _ => throw Unexpected(line, $"a known flag instead of '{word}'"),
    };

    private static FormatException Unexpected(string line, string expected) => new($"Expected {expected} in the CLUSTER NODES line: {line}");
}
