using System.Runtime.InteropServices;
using Support;

namespace Bench.Machine;

/// <summary>The programs of this machine that are measured or measure.</summary>
/// <param name="Server">What the nodes run.</param>
/// <param name="RedisCli">Full path; null where there is none.</param>
/// <param name="Wrk">Full path; null where there is none.</param>
internal sealed record Tools(RedisServer Server, string? RedisCli, string? Wrk)
{
    /// <exception cref="RedisServerNotFoundException">No server; the message says what to install.</exception>
    public static async Task<Tools> FindAsync(Action<string> progress, CancellationToken cancellationToken)
    {
        var server = await RedisServerLocator.FindAsync(new ServerHost(PathSetting: null, HasContainers: false), configuredPath: null, progress, cancellationToken);
        return new(server, Tool.Find("redis-cli") ?? server.Client, Tool.Find("wrk"));
    }

    public override string ToString() =>
        $"{Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.FrameworkDescription}, {Server.Name} {Server.Version}";
}
