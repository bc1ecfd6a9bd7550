using Aspire.Hosting;
using RedisCluster.Servers;

namespace RedisCluster.Hosting.Model;

/// <summary>The server that the nodes of a cluster are.</summary>
/// <param name="Image">The pinned image.</param>
/// <param name="Program">What the image's entrypoint starts.</param>
/// <param name="Programs">Names of the program on a machine, in the order of preference.</param>
internal sealed record ServerProduct(string Image, string Program, IReadOnlyList<string> Programs)
{
    // Valkey has all that a cluster of Redis has.
    public static readonly ServerProduct Redis = new(RedisClusterContainerImageTags.Reference, "redis-server", RedisServerLocator.AllPrograms);
    public static readonly ServerProduct Valkey = new(RedisClusterContainerImageTags.ValkeyReference, "valkey-server", ["valkey-server"]);
}
