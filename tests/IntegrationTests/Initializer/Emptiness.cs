using Support;

namespace IntegrationTests.Initializer;

/// <summary>
/// Primaries that come back empty. Their replicas dial the old address, whoever answers there, and copy the emptiness: whether they do so before a run looks is
/// a race. Here they do not, because they give a password that is not the primary's.
/// </summary>
internal static class Emptiness
{
    /// <summary>The node loses its volume, and its replicas have not copied that when this returns, nor later.</summary>
    public static Task WipeUncopiedAsync(this RedisNodes nodes, RedisNode primary) => UncopiedAsync(nodes, primary, primary.WipeAsync);

    /// <summary>The node loses its data and keeps its identity, and its replicas have not copied that when this returns, nor later.</summary>
    public static Task LoseDataUncopiedAsync(this RedisNodes nodes, RedisNode primary) => UncopiedAsync(nodes, primary, primary.LoseDataAsync);

    private static async Task UncopiedAsync(RedisNodes nodes, RedisNode primary, Func<Task> emptyAsync)
    {
        // What was held back before may be a replica by now.
        await Task.WhenAll(nodes.All.Select(node => node.AskAsync("CONFIG", "SET", "masterauth", RedisNodes.Password)));
        await Task.WhenAll((await Reconciliation.ReplicasOfAsync(nodes, primary)).Select(replica => replica.AskAsync("CONFIG", "SET", "masterauth", "not the password")));
        await emptyAsync();
    }
}
