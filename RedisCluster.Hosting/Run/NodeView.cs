using System.Globalization;

namespace RedisCluster.Hosting.Run;

/// <summary>One line of CLUSTER NODES.</summary>
internal sealed record NodeLine(
    string Id, int Port, IReadOnlyList<string> Flags, string? PrimaryId, long ConfigEpoch, IReadOnlyList<SlotRange> Slots)
{
    public bool IsMyself => Flags.Contains("myself");

    public bool IsPrimary => Flags.Contains("master");

    public bool IsFailed => Flags.Contains("fail");

    /// <summary>Gone from its address, or not answering: <c>fail</c>, <c>fail?</c>, <c>noaddr</c>, <c>handshake</c>.</summary>
    public bool IsUncertain => Flags.Any(flag => flag is "fail" or "fail?" or "noaddr" or "handshake");

    // 07c37df 127.0.0.1:7004@17004,localhost slave e7d1eec 0 1426238317239 4 connected
    // e7d1eec 172.28.0.2:7001@17001,localhost myself,master - 0 0 1 connected 0-5460 [93-<-292f8b3]
    // 292f8b3 :0@0 master,noaddr - 1426238316232 1426238315831 2 disconnected 5461-10922
    public static NodeLine Parse(string line)
    {
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var address = fields[1].Split(',')[0].Split('@')[0];
        return new NodeLine(
            fields[0],
            int.Parse(address[(address.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture),
            fields[2].Split(','),
            fields[3] == "-" ? null : fields[3],
            long.Parse(fields[6], CultureInfo.InvariantCulture),
            [.. fields.Skip(8).Select(SlotRange.TryParse).OfType<SlotRange>()]);
    }
}

/// <summary>The cluster as one node sees it.</summary>
/// <param name="Lines">All nodes it knows, itself included.</param>
/// <param name="IsInSync">Of a replica: whether the link to its primary is up.</param>
internal sealed record NodeView(IReadOnlyList<NodeLine> Lines, bool IsInSync)
{
    public NodeLine Myself { get; } = Lines.First(line => line.IsMyself);

    /// <summary>Slots and their owners, equal for two nodes that agree.</summary>
    public string SlotMap =>
        string.Join('\n', Lines.Where(line => line.IsPrimary && line.Slots.Count > 0)
            .Select(line => $"{line.Id} {string.Join(' ', line.Slots)}")
            .Order(StringComparer.Ordinal));

    public static NodeView Parse(string clusterNodes, string replication) =>
        new(
            [.. clusterNodes.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(NodeLine.Parse)],
            !replication.Contains("master_link_status:down", StringComparison.Ordinal));
}
