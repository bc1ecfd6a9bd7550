using System.Globalization;

namespace RedisCluster.Hosting.Starting;

/// <summary>Names the process that listens on a port, where the system tells; only asked for a message.</summary>
internal static class PortOwner
{
    private const string Listening = "0A";
    private static readonly string[] s_tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    public static string Of(int port)
        => OperatingSystem.IsLinux() ? OnLinux(port) ?? "a process of another user (sudo ss -ltnp names it)"
            : OperatingSystem.IsWindows() ? $"another process (netstat -ano | findstr :{port} names it)"
            : $"another process (lsof -i :{port} names it)";

    private static string? OnLinux(int port)
    {
        var sockets = Inodes(port).Select(inode => $"socket:[{inode}]").ToHashSet();
        return Directory.EnumerateDirectories("/proc")
            .Where(process => int.TryParse(Path.GetFileName(process), out _) && Holds(process, sockets))
            .Select(process => $"{ReadName(process)} (process {Path.GetFileName(process)})")
            .FirstOrDefault();
    }

    //   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
    //    0: 0100007F:1B59 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 43210 1 ...
    private static IEnumerable<string> Inodes(int port)
        => from file in s_tables
           where File.Exists(file)
           from line in File.ReadLines(file).Skip(1)
           let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
           where fields[3] == Listening && int.Parse(fields[1].Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture) == port
           select fields[9];

    // Processes of other users do not show their sockets, and any process can end while it is looked at.
    private static bool Holds(string process, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFiles(Path.Combine(process, "fd"))
                .Any(descriptor => new FileInfo(descriptor).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception cause) when (cause is UnauthorizedAccessException or IOException)
        {
            return false;
        }
    }

    private static string ReadName(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "comm")).Trim();
        }
        catch (IOException)
        {
            return "a process that has just ended";
        }
    }
}
