using System.Globalization;

namespace EndToEndTests.App;

/// <summary>The nodes of a run, seen with redis-cli from the host.</summary>
internal static class Nodes
{
    public static string NodeName(this AppHostRun run, int port) => $"redis-node-{port - run.Settings.FirstPort + 1}";

    public static async Task<string> RedisCliAsync(this AppHostRun run, int port, IEnumerable<string> arguments, CancellationToken cancellationToken)
        => (await RunAsync(run, ["-h", "localhost", "-p", Text(port), .. arguments], cancellationToken)).Succeeded();

    public static async Task<string> ClusterCheckAsync(this AppHostRun run, CancellationToken cancellationToken)
        => (await RunAsync(run, ["--cluster", "check", $"localhost:{run.Settings.FirstPort}"], cancellationToken)).Succeeded();

    /// <summary>The first word of ROLE as the protocol says it, or null while the node does not answer.</summary>
    public static async Task<string?> RoleAsync(this AppHostRun run, int port, CancellationToken cancellationToken)
    {
        var role = await RunAsync(run, ["-h", "localhost", "-p", Text(port), "ROLE"], cancellationToken);
        return role.ExitCode == 0 ? role.Output.Split('\n')[0].Trim() : null;
    }

    public static async Task<int> AnyPrimaryAsync(this AppHostRun run, CancellationToken cancellationToken)
    {
        foreach (var port in run.Settings.NodePorts)
        {
            if (await run.RoleAsync(port, cancellationToken) == "master")
            {
                return port;
            }
        }
        throw new InvalidOperationException("No node says that it is a primary.");
    }

    public static async Task<int> ReplicaOfAsync(this AppHostRun run, int primary, CancellationToken cancellationToken)
    {
        var id = (await run.RedisCliAsync(primary, ["CLUSTER", "MYID"], cancellationToken)).Trim();
        // <id> <ip:port@bus,hostname> slave <id of its primary> ...
        var line = (await run.RedisCliAsync(primary, ["CLUSTER", "NODES"], cancellationToken)).Split('\n')
            .Select(line => line.Split(' ')).First(fields => fields.Length > 3 && fields[3] == id);
        return int.Parse(line[1].Split('@')[0].Split(':')[^1], CultureInfo.InvariantCulture);
    }

    private static Task<ToolResult> RunAsync(AppHostRun run, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        Tool.Require("redis-cli", "install redis-tools");
        return Tool.RunAsync("redis-cli", arguments, cancellationToken, environment: new Dictionary<string, string> { ["REDISCLI_AUTH"] = run.Settings.Password });
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
