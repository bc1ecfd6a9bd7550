namespace RedisCluster.Client.Topology;

/// <summary>The nodes as this application reaches them: all that is known for a user who may not ask for the shards.</summary>
/// <param name="Count">Nodes that the driver knows.</param>
/// <param name="Lost">Addresses of those that are not connected or do not answer.</param>
/// <param name="Primaries">How many of the others are primaries.</param>
/// <param name="MostPrimaries">The most that there were at a time: fewer means slots that nobody serves.</param>
/// <param name="FindsSlots">Whether the driver could read which node has which slot; without it calls go astray.</param>
/// <param name="Refusing">Primaries that refuse writes, each with its words.</param>
internal sealed record ConnectedNodes(int Count, IReadOnlyList<string> Lost, int Primaries, int MostPrimaries, bool FindsSlots, IReadOnlyList<(string Address, string Words)> Refusing);
