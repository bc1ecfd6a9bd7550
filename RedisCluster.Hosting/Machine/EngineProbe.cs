using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;

namespace RedisCluster.Hosting.Machine;

/// <summary>
/// Asks which container engine answers. Aspire's own IContainerRuntimeResolver comes from the services, which are there only when the application is built, and knows nothing of
/// images; so its settings are read here, by the same names and in the same order.
/// </summary>
internal static class EngineProbe
{
    private static readonly string[] Settings = ["DcpPublisher:ContainerRuntime", "ASPIRE_CONTAINER_RUNTIME", "DOTNET_ASPIRE_CONTAINER_RUNTIME"];
    private static readonly string[] Engines = ["docker", "podman"];
    private static readonly ConcurrentDictionary<string, Lazy<Task<EngineAnswer>>> Answers = new();

    /// <summary>Asks at the first call in this process, and has the same answer afterwards.</summary>
    public static Task<EngineAnswer> AskOnceAsync(IConfiguration configuration, string image) =>
        Answers.GetOrAdd($"{Wanted(configuration)} {image}", _ => new(() => Task.Run(() => AskAsync(configuration, image, CancellationToken.None)))).Value;

    /// <summary>The first engine that answers; none with the reasons of all. Bounded by the time that an engine has to answer.</summary>
    public static async Task<EngineAnswer> AskAsync(IConfiguration configuration, string image, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll((Wanted(configuration) is { } wanted ? [wanted] : Engines)
            .Select(command => new ContainerEngine(command).FindAsync(image, cancellationToken)));
        return answers.FirstOrDefault(answer => answer.Engine is not null)
            ?? new EngineAnswer(null, false, string.Join("; ", answers.Select(answer => answer.Reason)));
    }

    private static string? Wanted(IConfiguration configuration) =>
        Settings.Select(setting => configuration[setting]).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value));
}
