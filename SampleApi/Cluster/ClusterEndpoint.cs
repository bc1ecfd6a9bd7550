using RedisCluster.Client.Topology;

namespace SampleApi.Cluster;

/// <summary><c>GET /cluster</c>: the cluster as it sees itself now.</summary>
internal static class ClusterEndpoint
{
    internal static void MapCluster(this IEndpointRouteBuilder routes) => routes
        .MapGet("/cluster", async (HttpContext context, RedisClusterTopology topology) => ClusterReport.Of(await topology.ReadAsync(context.RequestAborted)))
        .WithTags("Cluster")
        .WithSummary("Shards with their slot ranges, primary and replicas, and the health and replication offset of each node");
}
