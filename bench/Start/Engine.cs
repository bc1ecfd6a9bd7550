using Bench.Machine;
using Support;

namespace Bench.Start;

/// <summary>The container engine of this machine, and what a start has there. Everything of a start has one of its volumes.</summary>
internal sealed class Engine(string program)
{
    private const int Nodes = 6;

    /// <summary>An engine that answers and has the image, or pulls it.</summary>
    /// <returns>Null and the reason where there is none.</returns>
    public static async Task<(Engine? Engine, string? Reason)> FindAsync(string image, CancellationToken cancellationToken)
    {
        foreach (var program in (string[])["docker", "podman"])
        {
            if (Tool.Find(program) is { } path && (await ToolRun.StartAsync(path, ["info"], cancellationToken)).Succeeded)
            {
                return (await ToolRun.StartAsync(path, ["image", "inspect", image], cancellationToken)).Succeeded
                    || (await ToolRun.StartAsync(path, ["pull", image], cancellationToken)).Succeeded
                    ? (new Engine(path), null)
                    : (null, $"{program} has no image {image} and cannot pull it: name another one with --image");
            }
        }

        return (null, "no container engine answers");
    }

    public static string Volume(string run, int node) => $"{run}-{node}";

    public async Task<IReadOnlyList<string>> ContainersAsync(string run, CancellationToken cancellationToken) =>
        await LinesAsync(["ps", "--all", "--quiet", .. Volumes(run).Select(volume => $"--filter=volume={volume}")], cancellationToken);

    /// <summary>Networks of these containers that were made for them.</summary>
    public async Task<IReadOnlyList<string>> NetworksAsync(IReadOnlyList<string> containers, CancellationToken cancellationToken) => containers.Count == 0
        ? []
        : [.. (await LinesAsync(["inspect", "--format", "{{range $name, $_ := .NetworkSettings.Networks}}{{$name}}\n{{end}}", .. containers], cancellationToken))
            .Distinct().Where(name => name != "bridge")];

    public async Task<bool> HasNetworkAsync(IReadOnlyList<string> names, CancellationToken cancellationToken) =>
        (await LinesAsync(["network", "ls", "--format", "{{.Name}}"], cancellationToken)).Any(names.Contains);

    public Task RemoveVolumesAsync(string run, CancellationToken cancellationToken) => LinesAsync(["volume", "rm", "--force", .. Volumes(run)], cancellationToken);

    /// <summary>Runs the engine's program to its end, also when Ctrl-C reaches this process's group: else it would leave what it was about to create.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="BenchException">It failed; the message is its own.</exception>
    public async Task<string> RunAsync(params IEnumerable<string> arguments)
    {
        var (path, words) = Tool.Find("setsid") is { } setsid ? (setsid, (IEnumerable<string>)["--wait", program, .. arguments]) : (program, arguments);
        return (await ProgramRun.ToSuccessAsync(path, words, [], CancellationToken.None)).Output;
    }

    private static IEnumerable<string> Volumes(string run) => Enumerable.Range(1, Nodes).Select(node => Volume(run, node));

    private async Task<IReadOnlyList<string>> LinesAsync(IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        (await ProgramRun.ToSuccessAsync(program, arguments, [], cancellationToken)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
