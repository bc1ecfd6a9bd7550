namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// The step that forms and heals a cluster inside the AppHost, where no project does it: it runs at each start, and again by its command. Its log and its trace say
/// what was found and done.
/// </summary>
internal sealed class RedisClusterInitializerResource(string name, RedisClusterResource cluster) : Resource(name), IResourceWithEnvironment
{
    /// <summary>The cluster that it forms.</summary>
    public RedisClusterResource Cluster { get; } = cluster;
}
