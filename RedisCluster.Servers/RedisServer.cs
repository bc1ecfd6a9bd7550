using System.Text.RegularExpressions;

namespace RedisCluster.Servers;

/// <summary>A server program on this machine.</summary>
/// <param name="Path">Absolute path of the program, or of the script that starts it with its own libraries.</param>
/// <param name="Name"><c>redis</c> or <c>valkey</c>.</param>
/// <param name="Version">What the program says of itself, for example 7.0.15.</param>
internal sealed partial record RedisServer(string Path, string Name, Version Version)
{
    /// <summary>Hostname endpoints and ADDSLOTSRANGE came with Redis 7.0; every Valkey has them.</summary>
    public static readonly Version OldestSupported = new(7, 0);

    public bool IsSupported => Version >= OldestSupported;

    /// <summary><c>redis-server</c> or <c>valkey-server</c>.</summary>
    public string Program => $"{Name}-server";

    /// <summary>The command-line client that came with the server, beside it; null where there is none.</summary>
    public string? Client
    {
        get
        {
            var client = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, ClientOf(System.IO.Path.GetFileName(Path)));
            return client != Path && File.Exists(client) ? client : null;
        }
    }

    public override string ToString() => $"{Name} {Version} ({Path})";

    /// <summary><c>redis-cli</c> for <c>redis-server</c>, <c>valkey-cli</c> for <c>valkey-server</c>.</summary>
    public static string ClientOf(string server) => server.Replace("-server", "-cli", StringComparison.Ordinal);

    /// <summary>Asks the program for its version; null when the file is something else.</summary>
    public static async Task<RedisServer?> AskAsync(string path, CancellationToken cancellationToken)
    {
        var answer = await ToolRun.StartAsync(path, ["--version"], cancellationToken);
        return answer.Succeeded ? ReadVersion(path, answer.Output) : null;
    }

    // Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=...
    // Valkey server v=8.1.1 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=...
    internal static RedisServer? ReadVersion(string path, string output) =>
        VersionLine.Match(output) is { Success: true } line
            ? new RedisServer(path, line.Groups["name"].Value.ToLowerInvariant(), Version.Parse(line.Groups["version"].Value))
            : null;

    [GeneratedRegex(@"(?<name>Redis|Valkey) server v=(?<version>\d+\.\d+\.\d+)")]
    private static partial Regex VersionLine { get; }
}
