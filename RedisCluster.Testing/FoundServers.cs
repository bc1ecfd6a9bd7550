using System.Collections.Concurrent;
using RedisCluster.Servers;

namespace RedisCluster.Testing;

/// <summary>The server programs of this machine. Each is asked for its version once in a process.</summary>
internal static class FoundServers
{
    private static readonly ServerHost Host = new(nameof(RedisClusterServersOptions.ServerPath), HasContainers: false);
    private static readonly ConcurrentDictionary<string, RedisServer> Known = new();

    /// <param name="path">Where it is; null to have it found, and fetched where that is possible.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="RedisServerNotFoundException">There is none; the message says what to install.</exception>
    public static async Task<RedisServer> FindAsync(string? path, CancellationToken cancellationToken) =>
        Known.TryGetValue(path ?? "", out var known)
            ? known
            : Known.GetOrAdd(path ?? "", await RedisServerLocator.FindAsync(Host, path, _ => { }, cancellationToken));
}
