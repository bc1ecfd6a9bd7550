using System.Globalization;
using RedisCluster.Servers;

namespace RedisCluster.Testing;

/// <summary>What all nodes of a cluster are started with.</summary>
/// <param name="Server">The program.</param>
/// <param name="Password">For clients and for the nodes among one another; null for none.</param>
/// <param name="NodeTimeout">cluster-node-timeout.</param>
/// <param name="Lines">Further lines of redis.conf, which win over those before them.</param>
internal sealed record NodeSettings(RedisServer Server, string? Password, TimeSpan NodeTimeout, IReadOnlyList<string> Lines)
{
    /// <summary>Writes the node's redis.conf, and the file with the password beside it.</summary>
    public async Task WriteAsync(string folder, int port, string address, IReadOnlyList<string> ownLines, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(
            Path.Combine(folder, "password.conf"), Password is null ? "" : $"requirepass \"{Password}\"\nmasterauth \"{Password}\"\n", cancellationToken);

        // What the application gives its nodes, and what many of them on one machine need beside.
        await File.WriteAllTextAsync(
            Path.Combine(folder, "redis.conf"),
            string.Create(CultureInfo.InvariantCulture, $"""
            {NodeConfig.ForPort(port).Text}
            cluster-node-timeout {(long)NodeTimeout.TotalMilliseconds}
            bind {address}
            bind-source-addr {address}
            logfile node.log
            save ""
            include password.conf
            {string.Join('\n', Lines.Concat(ownLines))}

            """),
            cancellationToken);
    }
}
