using RedisCluster.Hosting.Model;
using RedisCluster.Servers;

namespace RedisCluster.Hosting.Machine;

/// <summary>What an engine says about an image.</summary>
/// <param name="Engine">The engine that answered; null when none does.</param>
/// <param name="HasImage">Whether the image is there.</param>
/// <param name="Reason">Why the engine cannot be used, for a message.</param>
internal sealed record EngineAnswer(ContainerEngine? Engine, bool HasImage, string Reason = "");

/// <summary>A container engine, asked through its command line as the orchestrator does.</summary>
/// <param name="Command"><c>docker</c> or <c>podman</c>.</param>
internal sealed record ContainerEngine(string Command)
{
    /// <summary>The orchestrator speaks to Docker's command line of this version or newer.</summary>
    private const int OldestDocker = 25;

    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RegistryAnswer = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pull = TimeSpan.FromMinutes(5);

    /// <summary>Asks whether the engine answers and has the image, in some tens of milliseconds.</summary>
    public async Task<EngineAnswer> FindAsync(ImageReference image, CancellationToken cancellationToken)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(Answer);
        try
        {
            var version = ToolRun.StartAsync(Command, ["--version"], bounded.Token);
            var inspect = await ToolRun.StartAsync(Command, ["image", "inspect", "--format", "{{.Id}}", image.ToString()], bounded.Token);
            return Read(inspect, await version);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new EngineAnswer(null, false, $"{Command} does not answer within {Answer.TotalSeconds:0} s");
        }
    }

    /// <summary>Pulls the image; null when that worked, otherwise the engine's reason.</summary>
    public async Task<string?> PullAsync(ImageReference image, CancellationToken cancellationToken)
    {
        // A registry behind a silent firewall must not hold the start: the first line comes when it has answered.
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(RegistryAnswer);
        try
        {
            var pull = await ToolRun.StartAsync(Command, ["pull", image.ToString()], bounded.Token, onOutput: () => bounded.CancelAfter(Pull));
            return pull.Succeeded ? null : pull.Reason;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "its registry does not answer in time";
        }
    }

    /// <summary>Names of running containers that use any of some volumes.</summary>
    public async Task<IReadOnlyList<string>> UsersOfVolumesAsync(IEnumerable<string> volumes, CancellationToken cancellationToken)
    {
        var answer = await ToolRun.StartAsync(Command, ["ps", .. volumes.SelectMany(volume => new[] { "--filter", $"volume={volume}" }), "--format", "{{.Names}}"], cancellationToken);
        return Lines(answer);
    }

    /// <summary>Names of the volumes that begin with a text.</summary>
    public async Task<IReadOnlyList<string>> VolumesAsync(string prefix, CancellationToken cancellationToken)
    {
        var answer = await ToolRun.StartAsync(Command, ["volume", "ls", "--quiet", "--filter", $"name={prefix}"], cancellationToken);
        return [.. Lines(answer).Where(name => name.StartsWith(prefix, StringComparison.Ordinal))];
    }

    /// <summary>When a volume was made, in the engine's words.</summary>
    public Task<ToolRun> VolumeCreatedAsync(string volume, CancellationToken cancellationToken) =>
        ToolRun.StartAsync(Command, ["volume", "inspect", "--format", "{{.CreatedAt}}", volume], cancellationToken);

    /// <summary>Removes a volume that no container has.</summary>
    public Task<ToolRun> RemoveVolumeAsync(string volume, CancellationToken cancellationToken) =>
        ToolRun.StartAsync(Command, ["volume", "rm", volume], cancellationToken);

    /// <summary>Kills a container without giving it a chance to say goodbye.</summary>
    public Task<ToolRun> KillAsync(string container, CancellationToken cancellationToken) =>
        ToolRun.StartAsync(Command, ["kill", "--signal", "KILL", container], cancellationToken);

    private static string[] Lines(ToolRun answer) => answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    // docker: "Error response from daemon: No such image: redis:8.6", "Cannot connect to the Docker daemon at unix:///...".
    // podman: "Error: redis:8.6: image not known".
    internal EngineAnswer Read(ToolRun inspect, ToolRun version)
    {
        if (inspect.ExitCode == ToolRun.NotStarted)
        {
            return new EngineAnswer(null, false, $"{Command} is not installed");
        }

        var missing = inspect.Error.Contains("no such image", StringComparison.OrdinalIgnoreCase)
            || inspect.Error.Contains("image not known", StringComparison.OrdinalIgnoreCase);
        if (!inspect.Succeeded && !missing)
        {
            return new EngineAnswer(null, false, $"{Command} does not answer ({inspect.Reason})");
        }

        return Command == "docker" && MajorVersion(version.Output) is { } major && major < OldestDocker
            ? new EngineAnswer(null, false, $"the docker command line is version {major}, and {OldestDocker} or newer is needed")
            : new EngineAnswer(this, inspect.Succeeded);
    }

    // Docker version 28.2.2, build e6534b4
    private static int? MajorVersion(string output) =>
        output.Split(' ').ElementAtOrDefault(2)?.Split('.')[0] is { } major && int.TryParse(major, out var number) ? number : null;
}
