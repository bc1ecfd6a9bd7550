namespace RedisCluster.Hosting.Machine;

/// <summary>
/// Whether a node's folder still has the data its identity stands for. A primary that comes back empty under its old
/// identity makes its replica copy the emptiness, and the shard is gone.
/// </summary>
internal static class LostData
{
    private const string Identity = "nodes.conf";

    /// <summary>Whether there is anything of an earlier run at all.</summary>
    public static bool IsEmpty(string folder) => !File.Exists(Path.Combine(folder, Identity));

    /// <summary>
    /// Moves the identity of a primary aside when neither log nor snapshot is left beside it; returns where to, or null
    /// when all is well. The node then starts as a new one, which nobody copies.
    /// </summary>
    public static string? SetIdentityAside(string folder)
    {
        var identity = Path.Combine(folder, Identity);
        if (!File.Exists(identity) || HasData(folder) || !OwnsSlots(File.ReadLines(identity)))
        {
            return null;
        }

        var aside = Path.Combine(folder, $"{Identity}.without-data");
        File.Move(identity, aside, overwrite: true);
        return aside;
    }

    private static bool HasData(string folder) =>
        Directory.Exists(Path.Combine(folder, "appendonlydir"))
            || Directory.EnumerateFiles(folder, "*.rdb").Any()
            || Directory.EnumerateFiles(folder, "*.aof").Any();

    // e7d1eec 127.0.0.1:7001@17001,localhost myself,master - 0 0 1 connected 0-5460
    private static bool OwnsSlots(IEnumerable<string> lines) =>
        lines.Select(line => line.Split(' ')).Any(fields => fields.Length > 8 && fields[2].Contains("myself,master", StringComparison.Ordinal));
}
