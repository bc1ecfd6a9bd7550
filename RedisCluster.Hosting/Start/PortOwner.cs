using System.Globalization;

namespace RedisCluster.Hosting.Start;

/// <summary>Names the processes that listen on ports, where the system tells; only asked for a message.</summary>
internal static class PortOwner
{
    private const string Listening = "0A";
    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>The owner of each port. All ports are looked up in one pass, because a second AppHost finds every one of them busy.</summary>
    public static IReadOnlyDictionary<int, string> Of(IReadOnlyCollection<int> ports)
    {
        var found = OperatingSystem.IsLinux() && ports.Count > 0 ? OnLinux(ports) : [];
        return ports.Distinct().ToDictionary(port => port, port => found.GetValueOrDefault(port) ?? Unknown(port));
    }

    private static string Unknown(int port) =>
        OperatingSystem.IsLinux() ? "a process of another user (sudo ss -ltnp names it)"
            : OperatingSystem.IsWindows() ? $"another process (netstat -ano | findstr :{port} names it)"
            : $"another process (lsof -i :{port} names it)";

    private static Dictionary<int, string> OnLinux(IReadOnlyCollection<int> ports)
    {
        var sockets = Sockets(ports);
        var owners = new Dictionary<int, string>();
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)))
        {
            foreach (var port in OpenFiles(process).Select(file => sockets.GetValueOrDefault(file)).Where(port => port != 0))
            {
                owners.TryAdd(port, $"{ReadName(process)} (process {Path.GetFileName(process)})");
            }
        }

        return owners;
    }

    //   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
    //    0: 0100007F:1B59 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 43210 1 ...
    private static Dictionary<string, int> Sockets(IReadOnlyCollection<int> ports)
    {
        var wanted = ports.ToHashSet();
        var sockets = new Dictionary<string, int>();
        foreach (var fields in Tables.Where(File.Exists).SelectMany(table => File.ReadLines(table).Skip(1)).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            var port = int.Parse(fields[1].Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (fields[3] == Listening && wanted.Contains(port))
            {
                sockets[$"socket:[{fields[9]}]"] = port;
            }
        }

        return sockets;
    }

    // Processes of other users do not show their files, and any process can end while it is looked at.
    private static IReadOnlyList<string> OpenFiles(string process)
    {
        try
        {
            return [.. Directory.EnumerateFiles(Path.Combine(process, "fd")).Select(descriptor => new FileInfo(descriptor).LinkTarget).OfType<string>()];
        }
        catch (Exception cause) when (cause is UnauthorizedAccessException or IOException)
        {
            return [];
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
