using RedisCluster.Topology;

namespace SampleApi.Map;

/// <summary>Everything the page shows. A new one replaces the old one; nothing in it changes.</summary>
/// <param name="Version">Counts up with every change of <paramref name="Cluster"/> in this instance.</param>
/// <param name="Cluster">What changes when something happens.</param>
/// <param name="Figures">By node id: what changes all the time.</param>
internal sealed record MapState(long Version, MapCluster Cluster, IReadOnlyDictionary<string, MapFigures> Figures);

/// <summary>The cluster as it is drawn.</summary>
/// <param name="State"><c>whole</c>, <c>weakened</c> (all slots served, some node is not in order), <c>broken</c> (slots without a usable primary), <c>down</c> (no node answers), <c>unknown</c> (the user may not ask).</param>
/// <param name="Reason">Why no node answers, or what the user may not ask; else null.</param>
/// <param name="SeenBy">The node whose view this is; null when no node answers.</param>
/// <param name="ServedSlots">How many of the 16384 slots have a usable primary.</param>
/// <param name="Shards">In the order of their numbers.</param>
/// <param name="Spares">Nodes that belong to no shard.</param>
/// <param name="Story">What happened lately, oldest first.</param>
internal sealed record MapCluster(
    string State,
    string? Reason,
    string? SeenBy,
    int ServedSlots,
    IReadOnlyList<MapShard> Shards,
    IReadOnlyList<MapNode> Spares,
    IReadOnlyList<Happening> Story)
{
    internal IEnumerable<(MapNode Node, int? Shard)> Nodes() =>
        Shards.SelectMany(shard => shard.Nodes.Select(node => (node, (int?)shard.Number))).Concat(Spares.Select(node => (node, (int?)null)));
}

/// <summary>Slots and the nodes that keep them.</summary>
/// <param name="Number">From 1; the shard keeps it, whichever of its nodes is the primary.</param>
/// <param name="Slots">In order.</param>
/// <param name="Nodes">In the order of their addresses, so that each has its place on the map.</param>
internal sealed record MapShard(int Number, IReadOnlyList<SlotRange> Slots, IReadOnlyList<MapNode> Nodes)
{
    internal MapNode? Primary => Nodes.FirstOrDefault(node => node.Role == MapNode.PrimaryRole);
}

/// <param name="Id">Cluster id.</param>
/// <param name="Address">As announced.</param>
/// <param name="Role"><c>primary</c>, <c>replica</c>, or <c>none</c>: a primary that was replaced, or one without slots.</param>
/// <param name="Health"><c>online</c>, <c>loading</c> or <c>busy</c> (as it says itself), <c>failed</c> (so says the cluster), <c>silent</c> (this instance is not connected to it, or it does not answer) or <c>unlinked</c> (a replica whose primary does not see it).</param>
internal sealed record MapNode(string Id, string Address, string Role, string Health)
{
    internal const string PrimaryRole = "primary";
    internal const string ReplicaRole = "replica";
    internal const string NoRole = "none";
    internal const string Online = "online";
    internal const string Failed = "failed";
    internal const string Silent = "silent";
    internal const string Unlinked = "unlinked";

    internal bool Answers => Health is not (Failed or Silent);
}

/// <param name="MemoryBytes">Used memory.</param>
/// <param name="MaxMemoryBytes">Its limit; 0 when there is none.</param>
/// <param name="Keys">Keys that the node holds.</param>
/// <param name="OpsPerSecond">Commands a second, without the ones that this map costs; null until two readings exist.</param>
/// <param name="LagBytes">How far a replica is behind; null for others.</param>
internal sealed record MapFigures(long MemoryBytes, long MaxMemoryBytes, long Keys, long? OpsPerSecond, long? LagBytes);

/// <summary>Something that happened to the cluster.</summary>
/// <param name="Number">Counts up in this instance.</param>
/// <param name="At">When it was seen.</param>
/// <param name="Kind"><c>failover</c>, <c>moved</c>, <c>lost</c>, <c>back</c>, <c>joined</c>, <c>left</c>, <c>broken</c>, <c>served</c>, <c>down</c> or <c>up</c>.</param>
/// <param name="Text">A sentence for people.</param>
/// <param name="Move">What moved, when slots did.</param>
internal sealed record Happening(long Number, DateTimeOffset At, string Kind, string Text, SlotMove? Move = null);

/// <summary>Slots that went from one shard to another.</summary>
internal sealed record SlotMove(int From, int To, int Slots);
