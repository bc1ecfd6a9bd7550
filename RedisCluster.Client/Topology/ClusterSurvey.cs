namespace RedisCluster.Client.Topology;

/// <summary>What the nodes of a cluster say of it and of themselves at one moment.</summary>
/// <param name="View">Of the answers, the view with the newest epoch of the cluster.</param>
/// <param name="Figures">By announced address; of the nodes that answered, and only where the user may call INFO.</param>
public sealed record ClusterSurvey(ClusterShards View, IReadOnlyDictionary<string, NodeFigures> Figures);

/// <summary>What a node says of itself.</summary>
/// <param name="UsedMemoryBytes">What its allocator gave it.</param>
/// <param name="MaxMemoryBytes">The limit; 0 when there is none.</param>
/// <param name="Keys">Keys that it holds, as primary or as replica.</param>
/// <param name="Commands">
/// Commands since its start, without those of the surveys themselves. Only the difference of two surveys means something; it is negative when the node was restarted in between.
/// </param>
public sealed record NodeFigures(long UsedMemoryBytes, long MaxMemoryBytes, long Keys, long Commands);
