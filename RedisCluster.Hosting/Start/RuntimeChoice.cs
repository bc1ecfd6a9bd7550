using Aspire.Hosting;
using RedisCluster.Hosting.Machine;
using RedisCluster.Hosting.Model;
using RedisCluster.Servers;

namespace RedisCluster.Hosting.Start;

/// <summary>What the nodes are on this machine, and why; with a problem nothing may be started.</summary>
internal sealed record RuntimeChoice
{
    private RuntimeChoice()
    {
    }

    /// <summary>Set when nodes are containers.</summary>
    public ContainerEngine? Engine { get; private init; }

    /// <summary>Set when nodes are processes.</summary>
    public RedisServer? Server { get; private init; }

    public RedisClusterRuntime Form => Server is null ? RedisClusterRuntime.Container : RedisClusterRuntime.Process;

    /// <summary>One clause for the log.</summary>
    public string Reason { get; private init; } = "";

    /// <summary>Why neither form is possible.</summary>
    public string? Problem { get; private init; }

    public static RuntimeChoice Containers(ContainerEngine? engine, string reason) => new() { Engine = engine, Reason = reason };

    public static RuntimeChoice Processes(RedisServer server, string reason) => new() { Server = server, Reason = reason };

    public static RuntimeChoice Impossible(string problem) => new() { Problem = problem };

    /// <summary>Takes the wanted form, or for Auto the first that works; the delegates do the asking.</summary>
    public static async Task<RuntimeChoice> MakeAsync(
        RedisClusterOptions options, Func<Task<EngineAnswer>> askEngine, Func<ContainerEngine, Task<string?>> pull, Func<Task<RedisServer>> findServer)
    {
        if (options.Runtime == RedisClusterRuntime.Process)
        {
            return await ProcessesAsync(findServer, Saying(options), "");
        }

        var answer = await askEngine();
        if (answer.Engine is null)
        {
            return options.Runtime == RedisClusterRuntime.Container
                ? Impossible($"{Saying(options)}, but no container engine can be used: {answer.Reason}. Start Docker or Podman, or set RedisCluster:Runtime to Auto or Process.")
                : await ProcessesAsync(findServer, $"no container engine can be used: {answer.Reason}", "");
        }

        var engine = answer.Engine;
        if (answer.HasImage)
        {
            return Containers(engine, options.Runtime == RedisClusterRuntime.Container ? Saying(options) : $"{engine.Command} has the image {options.Image}");
        }

        var failure = await pull(engine);
        if (failure is null)
        {
            return Containers(engine, $"{engine.Command} pulled the image {options.Image}");
        }

        // Who names an image means it: another server in its place would be a surprise, also with Auto.
        return !options.ProcessesMayStandIn
            ? Impossible($"{options.OriginOf(nameof(options.Image))} is '{options.Image}', which {engine.Command} does not have and cannot pull: {failure}. Correct the name, or try '{engine.Command} pull {options.Image}' by hand.")
            : await ProcessesAsync(findServer, $"{engine.Command} has no image {options.Image} and cannot pull it: {failure}", " Or pull the image, to run the nodes as containers.");
    }

    // "RedisCluster:Runtime is Process", "RunAsProcesses is called".
    private static string Saying(RedisClusterOptions options) =>
        options.OriginOf(nameof(options.Runtime)) is var origin && origin.Contains(':', StringComparison.Ordinal) ? $"{origin} is {options.Runtime}" : $"{origin} is called";

    private static async Task<RuntimeChoice> ProcessesAsync(Func<Task<RedisServer>> findServer, string reason, string alternative)
    {
        try
        {
            return Processes(await findServer(), reason);
        }
        catch (RedisServerNotFoundException cause)
        {
            return Impossible($"Nodes are to run as processes ({reason}). {cause.Message}{alternative}");
        }
    }
}
