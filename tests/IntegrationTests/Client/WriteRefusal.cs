using Support;

namespace IntegrationTests.Client;

/// <summary>Makes a node refuse writes, for each reason that there is, and ends it. It goes on to answer reads.</summary>
internal static class WriteRefusal
{
    public static async Task BeginAsync(RedisNode node, string code)
    {
        switch (code)
        {
            case "OOM":
                await node.AskAsync("CONFIG", "SET", "maxmemory", "1");
                break;
            case "NOREPLICAS":
                await node.AskAsync("CONFIG", "SET", "min-replicas-to-write", "5");
                break;
            case "MISCONF":
                // As on a full disk the data is written beside and cannot be put in its place.
                File.Delete(Dump(node)); // of a copy from a primary, when it was a replica
                Directory.CreateDirectory(Dump(node));
                await node.AskAsync("CONFIG", "SET", "save", "3600 1000000");
                await SaveAsync(node, "err");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(code), code, "expected OOM, NOREPLICAS or MISCONF");
        }
    }

    public static async Task EndAsync(RedisNode node, string code)
    {
        switch (code)
        {
            case "MISCONF":
                Directory.Delete(Dump(node));
                await SaveAsync(node, "ok");
                break;
            default:
                await node.AskAsync("CONFIG", "SET", code == "OOM" ? "maxmemory" : "min-replicas-to-write", "0");
                break;
        }
    }

    private static async Task SaveAsync(RedisNode node, string status)
    {
        await node.AskAsync("BGSAVE", "SCHEDULE");
        await Eventually.HoldsAsync(
            $"the last save of {node.EndPoint} is {status}",
            async _ => (await node.AskTextAsync("INFO", "persistence")).Contains($"rdb_last_bgsave_status:{status}", StringComparison.Ordinal));
    }

    private static string Dump(RedisNode node) => Path.Combine(Path.GetDirectoryName(node.LogFile)!, "dump.rdb");
}
