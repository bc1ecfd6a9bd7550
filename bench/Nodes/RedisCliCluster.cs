using Bench.Machine;
using Support;

namespace Bench.Nodes;

/// <summary>What one does to a cluster without this project.</summary>
internal sealed class RedisCliCluster(string program)
{
    // What redis.conf says when nobody says anything: the settings of most tutorials and images.
    private static readonly string[] DefaultSettings =
    [
        "cluster-node-timeout", "15000",
        "cluster-require-full-coverage", "yes",
        "repl-diskless-sync-delay", "5",
        "repl-ping-replica-period", "10",
        "appendonly", "no",
    ];

    public static Task UseDefaultSettingsAsync(RedisNodes nodes) => Task.WhenAll(nodes.All.Select(node => node.AskAsync(["CONFIG", "SET", .. DefaultSettings])));

    /// <summary><c>redis-cli --cluster create</c> with a replica for each primary.</summary>
    public Task CreateAsync(RedisNodes nodes, CancellationToken cancellationToken) =>
        RunAsync(["--cluster", "create", .. nodes.All.Select(node => $"{node.Address}:{node.Port}"), "--cluster-replicas", "1", "--cluster-yes"], cancellationToken);

    /// <summary><c>redis-cli --cluster reshard</c>, with its own defaults.</summary>
    public Task MoveAsync(RedisNode contact, string sourceId, string targetId, int slots, CancellationToken cancellationToken) =>
        RunAsync(
            [
                "--cluster", "reshard", $"{contact.Address}:{contact.Port}", "--cluster-from", sourceId, "--cluster-to", targetId,
                "--cluster-slots", slots.ToString(System.Globalization.CultureInfo.InvariantCulture), "--cluster-yes",
            ],
            cancellationToken);

    private Task<ProgramRun> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        ProgramRun.ToSuccessAsync(program, arguments, [new("REDISCLI_AUTH", RedisNodes.Password)], cancellationToken);
}
