namespace RedisCluster.Hosting.Machine;

/// <summary>Who listens on a port of this machine, for a message.</summary>
internal static class PortOwner
{
    private const string Listening = "0A";
    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>
    /// <c>the container shop-redis-1</c> or <c>redis-server (process 4711)</c>; null when this cannot be found out: the program belongs to another user, or the machine
    /// has no /proc.
    /// </summary>
    public static async Task<string?> FindAsync(int port, ContainerEngine? engine, CancellationToken cancellationToken)
    {
        if (engine is not null && await engine.PublishersAsync(port, cancellationToken) is [var container, ..])
        {
            return $"the container {container}";
        }

        return OperatingSystem.IsLinux() ? ProcessOf(SocketsOn(port)) : null;
    }

    // "sl local_address rem_address st ... inode", addresses as hexadecimal "0100007F:1B59".
    internal static HashSet<string> SocketsOn(int port)
    {
        var end = $":{port:X4}";
        return [.. from table in Tables
            where File.Exists(table)
            from line in File.ReadLines(table)
            let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            where fields.Length > 9 && fields[1].EndsWith(end, StringComparison.Ordinal) && fields[3] == Listening
            select $"socket:[{fields[9]}]"];
    }

    private static string? ProcessOf(HashSet<string> sockets)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)))
        {
            try
            {
                if (new DirectoryInfo(Path.Combine(folder, "fd")).EnumerateFileSystemInfos().Any(link => link.LinkTarget is { } target && sockets.Contains(target)))
                {
                    return $"{File.ReadAllText(Path.Combine(folder, "comm")).Trim()} (process {Path.GetFileName(folder)})";
                }
            }
            catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
            {
                // Another user's, or just ended.
            }
        }

        return null;
    }
}
