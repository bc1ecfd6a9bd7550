namespace EndToEndTests.App;

/// <summary>The container engine of this machine, and what a run has in it.</summary>
internal static class ContainerEngine
{
    /// <summary>The image that CI made for the container form; null where AppHost's own default is to be used.</summary>
    public static string? Image => Environment.GetEnvironmentVariable("E2E_REDIS_IMAGE");

    public static async Task RequireAsync(CancellationToken cancellationToken)
    {
        Requirement.Holds(await AnswersAsync(cancellationToken), "no docker engine answers 'docker info'");
        if (Image is not null)
        {
            Requirement.Holds(await Tool.AnswersAsync("docker", ["image", "inspect", Image], TimeSpan.FromSeconds(10), cancellationToken), $"the image {Image} of E2E_REDIS_IMAGE is not there");
        }
    }

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
        // Its exit code tells only whether one of them is gone meanwhile.
        var bindings = await Tool.RunAsync("docker", ["inspect", "--type", "container", "--format", "{{.Id}} {{json .HostConfig.PortBindings}}", .. ids], cancellationToken);
        return [.. bindings.Output.Split('\n').Where(line => wanted.Any(line.Contains)).Select(line => line.Split(' ')[0])];
    }

    /// <summary>The addresses of the containers on their networks.</summary>
    public static async Task<IReadOnlyList<string>> AddressesAsync(IEnumerable<string> containers, CancellationToken cancellationToken)
        => await LinesAsync(["inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", .. containers], cancellationToken);

    /// <summary>Networks that an orchestrator made which no longer runs, so that nobody will remove them.</summary>
    public static async Task<IReadOnlyList<string>> OrphanedNetworksAsync(CancellationToken cancellationToken)
    {
        const string creator = "com.microsoft.developer.usvc-dev.creatorProcessId";
        var networks = await LinesAsync(["network", "ls", "--no-trunc", "--filter", $"label={creator}", "--format", $"{{{{.ID}}}} {{{{.Name}}}} {{{{.Label \"{creator}\"}}}}"], cancellationToken);
        return [.. networks.Where(network => !Directory.Exists($"/proc/{network.Split(' ')[^1]}"))];
    }

    public static async Task<string> InspectAsync(IEnumerable<string> containers, CancellationToken cancellationToken)
        => (await Tool.RunAsync("docker", ["inspect", .. containers], cancellationToken)).Succeeded();

    /// <summary>Removes the volumes whose names start with the text: data outlives a run on purpose.</summary>
    public static async Task RemoveVolumesAsync(string prefix, CancellationToken cancellationToken)
    {
        // A test that was skipped for want of an engine has none, and is to stay skipped.
        if (!await AnswersAsync(cancellationToken))
        {
            return;
        }

        var volumes = await LinesAsync(["volume", "ls", "--quiet", "--filter", $"name=^{prefix}"], cancellationToken);
        if (volumes.Count > 0)
        {
            (await Tool.RunAsync("docker", ["volume", "rm", .. volumes], cancellationToken)).Succeeded();
        }
    }

    private static Task<bool> AnswersAsync(CancellationToken cancellationToken) => Tool.AnswersAsync("docker", ["info"], TimeSpan.FromSeconds(10), cancellationToken);

    private static async Task<IReadOnlyList<string>> LinesAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
        => (await Tool.RunAsync("docker", arguments, cancellationToken)).Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
