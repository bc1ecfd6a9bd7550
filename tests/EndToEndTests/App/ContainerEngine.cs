using RedisCluster.Hosting.Model;
using Support;

namespace EndToEndTests.App;

/// <summary>The container engine of this machine, and what a run has in it.</summary>
internal static class ContainerEngine
{
    private const string FromPackages = "redis-cluster-aspire/redis:e2e";
    private static readonly TimeSpan LongestPull = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongestMaking = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(10);

    private static readonly Lazy<Task<string?>> Image = new(FindImageAsync);

    public static async Task RequireAsync(CancellationToken cancellationToken) =>
        Runner.Require(await AnswersAsync(cancellationToken), "No docker engine answers 'docker info'.");

    /// <summary>
    /// The image of container nodes: the one that E2E_REDIS_IMAGE names, the application's own, or, on a machine that reaches no registry, one that
    /// is made of the distribution's packages, once.
    /// </summary>
    public static async Task<string> ImageAsync(CancellationToken cancellationToken)
    {
        var image = await Image.Value.WaitAsync(cancellationToken);
        Runner.Require(image is not null, "The engine has no image of Redis and cannot pull one, and eng/images/redis-from-packages cannot make one.");
        return image!;
    }

    /// <summary>Whether it can build images with what the orchestrator uses for that.</summary>
    public static Task<bool> BuildsAsync(CancellationToken cancellationToken) => Tool.SucceedsAsync("docker", ["buildx", "version"], LongestAnswer, cancellationToken);

    /// <summary>Ids of containers, in any state, that publish one of the ports.</summary>
    public static async Task<IReadOnlyList<string>> ContainersAsync(IEnumerable<int> ports, CancellationToken cancellationToken)
    {
        // Seen by their settings: 'docker ps --filter publish' leaves out containers that are not running.
        var wanted = ports.Select(port => $"\"HostPort\":\"{port}\"").ToList();
        var ids = await LinesAsync(["ps", "--all", "--quiet", "--no-trunc"], cancellationToken);
        if (ids.Count == 0)
        {
            return [];
        }

        // Its exit code says only whether one of them is gone meanwhile.
        var bindings = await ToolRun.StartAsync("docker", ["inspect", "--type", "container", "--format", "{{.Id}} {{json .HostConfig.PortBindings}}", .. ids], cancellationToken);
        return [.. bindings.Output.Split('\n').Where(line => wanted.Any(line.Contains)).Select(line => line.Split(' ')[0])];
    }

    /// <summary>Removes containers that were let run on, and the network that the orchestrator keeps for them.</summary>
    public static async Task RemovePersistentAsync(IEnumerable<int> ports, CancellationToken cancellationToken)
    {
        if (!await AnswersAsync(cancellationToken) || await ContainersAsync(ports, cancellationToken) is not { Count: > 0 } containers)
        {
            return;
        }

        var networks = await LinesAsync(["inspect", "--format", "{{range $name, $network := .NetworkSettings.Networks}}{{$name}}\n{{end}}", .. containers], cancellationToken);
        await Tool.RunAsync("docker", ["rm", "--force", "--volumes", .. containers], cancellationToken);
        foreach (var network in networks.Distinct())
        {
            await Tool.RunAsync("docker", ["network", "rm", network], cancellationToken);
        }
    }

    /// <summary>The addresses of the containers on their networks.</summary>
    public static Task<IReadOnlyList<string>> AddressesAsync(IEnumerable<string> containers, CancellationToken cancellationToken) =>
        LinesAsync(["inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", .. containers], cancellationToken);

    /// <summary>Networks that an orchestrator made which no longer runs, so that nobody will remove them.</summary>
    public static async Task<IReadOnlyList<string>> OrphanedNetworksAsync(CancellationToken cancellationToken)
    {
        const string Creator = "com.microsoft.developer.usvc-dev.creatorProcessId";
        var networks = await LinesAsync(["network", "ls", "--no-trunc", "--filter", $"label={Creator}", "--format", $"{{{{.ID}}}} {{{{.Name}}}} {{{{.Label \"{Creator}\"}}}}"], cancellationToken);
        return [.. networks.Where(network => !Directory.Exists($"/proc/{network.Split(' ')[^1]}"))];
    }

    public static Task<string> InspectAsync(IEnumerable<string> containers, CancellationToken cancellationToken) =>
        Tool.RunAsync("docker", ["inspect", .. containers], cancellationToken);

    /// <summary>The volumes whose names start with the text.</summary>
    public static Task<IReadOnlyList<string>> VolumesAsync(string prefix, CancellationToken cancellationToken) =>
        LinesAsync(["volume", "ls", "--quiet", "--filter", $"name=^{prefix}"], cancellationToken);

    /// <summary>Removes them: data outlives a run on purpose.</summary>
    public static async Task RemoveVolumesAsync(string prefix, CancellationToken cancellationToken)
    {
        // A test that was skipped for want of an engine has none, and is to stay skipped.
        if (await AnswersAsync(cancellationToken) && await VolumesAsync(prefix, cancellationToken) is { Count: > 0 } volumes)
        {
            await Tool.RunAsync("docker", ["volume", "rm", .. volumes], cancellationToken);
        }
    }

    private static async Task<string?> FindImageAsync()
    {
        if (Environment.GetEnvironmentVariable("E2E_REDIS_IMAGE") is { Length: > 0 } named)
        {
            return await HasAsync(named) ? named : throw new ExpectationException($"Expected the engine to have the image {named} of E2E_REDIS_IMAGE.");
        }

        var own = new RedisClusterOptions().Image;
        return await HasAsync(own) ? own
            : await HasAsync(FromPackages) ? FromPackages
            : await Tool.SucceedsAsync("docker", ["pull", own], LongestPull, CancellationToken.None) ? own
            : await Tool.SucceedsAsync(Repository.PathOf("eng", "images", "redis-from-packages"), [FromPackages], LongestMaking, CancellationToken.None) ? FromPackages
            : null;
    }

    private static Task<bool> HasAsync(string image) => Tool.SucceedsAsync("docker", ["image", "inspect", image], LongestAnswer, CancellationToken.None);

    private static Task<bool> AnswersAsync(CancellationToken cancellationToken) => Tool.SucceedsAsync("docker", ["info"], LongestAnswer, cancellationToken);

    private static async Task<IReadOnlyList<string>> LinesAsync(IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        (await Tool.RunAsync("docker", arguments, cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
