using System.Collections.Immutable;

namespace RedisCluster.Topology;

/// <summary>All that one node knows of its cluster: the reply to CLUSTER NODES, ordered by id because Redis orders by hash.</summary>
internal sealed class NodeTable
{
    private readonly ImmutableDictionary<NodeId, NodeEntry> _byId;

    /// <exception cref="FormatException">There is not exactly one line of the node itself, or an id comes twice.</exception>
    public NodeTable(params IEnumerable<NodeEntry> entries)
    {
        Entries = [.. entries.OrderBy(entry => entry.Id.Value, StringComparer.Ordinal)];
        var myself = Entries.Where(entry => entry.IsMyself).ToArray();
        Myself = myself.Length == 1
            ? myself[0]
            : throw new FormatException($"Expected one line flagged 'myself' in CLUSTER NODES, found {myself.Length}.");
        if (Entries.GroupBy(entry => entry.Id).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new FormatException($"Expected one line for each id in CLUSTER NODES, found several for {twice.Key.Value}.");
        }

        _byId = Entries.ToImmutableDictionary(entry => entry.Id);
    }

    public ImmutableArray<NodeEntry> Entries { get; }

    public NodeEntry Myself { get; }

    /// <summary>The other nodes whose real id is known: all but the node itself and handshakes.</summary>
    public IEnumerable<NodeEntry> Peers => Entries.Where(entry => !entry.IsMyself && !entry.IsHandshake);

    /// <summary>The entry of a known node; null when it is unknown or still in handshake.</summary>
    public NodeEntry? Find(NodeId id) => _byId.TryGetValue(id, out var entry) && !entry.IsHandshake ? entry : null;

    /// <summary>Whether the node was met at this address and has not answered yet.</summary>
    public bool IsShakingHandsWith(BusAddress address) => Entries.Any(entry => entry.IsHandshake && entry.IsAt(address));
}
