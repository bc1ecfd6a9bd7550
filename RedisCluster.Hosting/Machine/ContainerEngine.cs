using System.Globalization;
using RedisCluster.Servers;

namespace RedisCluster.Hosting.Machine;

/// <summary>What an engine says about an image.</summary>
/// <param name="Engine">The engine that answered; null when none does.</param>
/// <param name="HasImage">Whether the image is there.</param>
/// <param name="Reason">Why the engine cannot be used, for a message.</param>
internal sealed record EngineAnswer(ContainerEngine? Engine, bool HasImage, string Reason = "");

/// <summary>An engine did not answer a question. That is never the same as "there is nothing".</summary>
internal sealed class ContainerEngineException(string message) : Exception(message);

/// <summary>A container engine, asked through its command line as the orchestrator does.</summary>
/// <param name="Command"><c>docker</c> or <c>podman</c>.</param>
internal sealed record ContainerEngine(string Command)
{
    /// <summary>The orchestrator speaks to Docker's command line of this version or newer.</summary>
    private const int OldestDocker = 25;

    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongAnswer = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pull = TimeSpan.FromMinutes(5);

    /// <summary>Asks whether the engine answers and has the image, in some tens of milliseconds.</summary>
    public async Task<EngineAnswer> FindAsync(string image, CancellationToken cancellationToken)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(Answer);
        try
        {
            var version = ToolRun.StartAsync(Command, ["--version"], bounded.Token);
            var inspect = ToolRun.StartAsync(Command, ["image", "inspect", "--format", "{{.Id}}", image], bounded.Token);
            await Task.WhenAll(version, inspect);
            return Read(await inspect, await version);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new EngineAnswer(null, false, $"{Command} does not answer within {Answer.TotalSeconds:0} s");
        }
    }

    /// <summary>Pulls the image; null when that worked, otherwise the engine's reason.</summary>
    /// <param name="image">The image.</param>
    /// <param name="isHasty">Whether something else can take the image's place: then a registry behind a silent firewall must not hold every start.</param>
    /// <param name="cancellationToken">Ends the pull.</param>
    public async Task<string?> PullAsync(string image, bool isHasty, CancellationToken cancellationToken)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(isHasty ? Answer : Pull);
        try
        {
            // The first line comes when the registry has answered.
            var pull = await ToolRun.StartAsync(Command, ["pull", image], bounded.Token, onOutput: () => bounded.CancelAfter(Pull));
            return pull.Succeeded ? null : pull.Reason;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "its registry does not answer in time";
        }
    }

    /// <summary>Names of running containers that use any of some volumes.</summary>
    /// <exception cref="ContainerEngineException">The engine does not say.</exception>
    public async Task<IReadOnlyList<string>> UsersOfVolumesAsync(IEnumerable<string> volumes, CancellationToken cancellationToken) =>
        await ListAsync(["ps", .. volumes.SelectMany(volume => new[] { "--filter", $"volume={volume}" }), "--format", "{{.Names}}"], cancellationToken);

    /// <summary>Names of running containers that publish a port.</summary>
    /// <exception cref="ContainerEngineException">The engine does not say.</exception>
    public async Task<IReadOnlyList<string>> PublishersAsync(int port, CancellationToken cancellationToken) =>
        await ListAsync(["ps", "--filter", string.Create(CultureInfo.InvariantCulture, $"publish={port}"), "--format", "{{.Names}}"], cancellationToken);

    /// <summary>Names of the volumes that begin with a text.</summary>
    /// <exception cref="ContainerEngineException">The engine does not say.</exception>
    public async Task<IReadOnlyList<string>> VolumesAsync(string prefix, CancellationToken cancellationToken) =>
        [.. (await ListAsync(["volume", "ls", "--quiet", "--filter", $"name={prefix}"], cancellationToken)).Where(name => name.StartsWith(prefix, StringComparison.Ordinal))];

    /// <summary>When a volume was made, in the engine's words; null when there is no such volume.</summary>
    /// <exception cref="ContainerEngineException">The engine does not say.</exception>
    public async Task<string?> VolumeCreatedAsync(string volume, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(["volume", "inspect", "--format", "{{.CreatedAt}}", volume], cancellationToken);

        // docker: "Error response from daemon: get redis-data-7: no such volume"; podman: "Error: no such volume redis-data-7".
        return answer.Error.Contains("no such volume", StringComparison.OrdinalIgnoreCase) ? null : Checked(answer).Output;
    }

    /// <summary>Removes a volume that no container has.</summary>
    public Task<ToolRun> RemoveVolumeAsync(string volume, CancellationToken cancellationToken) => AskAsync(["volume", "rm", volume], cancellationToken);

    /// <summary>Kills a container without giving it a chance to say goodbye.</summary>
    public Task<ToolRun> KillAsync(string container, CancellationToken cancellationToken) => AskAsync(["kill", "--signal", "KILL", container], cancellationToken);

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

    private async Task<string[]> ListAsync(IReadOnlyList<string> question, CancellationToken cancellationToken) =>
        Checked(await AskAsync(question, cancellationToken)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private async Task<ToolRun> AskAsync(IReadOnlyList<string> question, CancellationToken cancellationToken)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(LongAnswer);
        try
        {
            return await ToolRun.StartAsync(Command, question, bounded.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ContainerEngineException($"'{Command} {question[0]}' does not answer within {LongAnswer.TotalSeconds:0} s. Expected an engine that works: restart it, or set RedisCluster:Runtime to Process.");
        }
    }

    private static ToolRun Checked(ToolRun answer) =>
        answer.Succeeded ? answer
            : throw new ContainerEngineException($"'{answer.Command}' failed: {answer.Reason}. Without its answer data could be lost; make that command work, or set RedisCluster:Runtime to Process.");

    // Docker version 28.2.2, build e6534b4
    private static int? MajorVersion(string output) =>
        output.Split(' ').ElementAtOrDefault(2)?.Split('.')[0] is { } major && int.TryParse(major, out var number) ? number : null;
}
