using Aspire.Hosting;
using Microsoft.Extensions.Configuration;
using RedisCluster.Hosting.Machine;
using RedisCluster.Hosting.Model;
using RedisCluster.Servers;

namespace RedisCluster.Hosting.Start;

/// <summary>Decides for this machine whether nodes are containers or processes.</summary>
internal static class MachineRuntime
{
    // The same names, in the same order, by which Aspire lets its user choose an engine.
    private static readonly string[] EngineSettings = ["DcpPublisher:ContainerRuntime", "ASPIRE_CONTAINER_RUNTIME", "DOTNET_ASPIRE_CONTAINER_RUNTIME"];
    private static readonly string[] Engines = ["docker", "podman"];

    public static Task<RuntimeChoice> ChooseAsync(
        IConfiguration configuration, string appHostDirectory, RedisClusterOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        var image = ImageReference.TryParse(options.Image);
        if (image is null || !Enum.IsDefined(options.Runtime))
        {
            return Task.FromResult(RuntimeChoice.Impossible("Whether nodes are containers or processes cannot be decided before the settings are corrected."));
        }

        return RuntimeChoice.MakeAsync(
            options,
            () => AskEnginesAsync(configuration, image, cancellationToken),
            engine => PullAsync(engine, image, options, progress, cancellationToken),
            () => RedisServerLocator.FindAsync(
                options.ServerPath is { Length: > 0 } path ? Path.GetFullPath(path, appHostDirectory) : null, progress, cancellationToken));
    }

    private static async Task<string?> PullAsync(
        ContainerEngine engine, ImageReference image, RedisClusterOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        // Only where processes can stand in; whoever names a form or an image is waiting for that one.
        var failures = options.ProcessesMayStandIn ? new FailedPulls(UserCache.Folder("failed-pulls"), TimeProvider.System) : null;
        if (failures?.Recent(engine, image) is { } earlier)
        {
            return earlier;
        }

        progress($"Pulling {image} with {engine.Command} ...");
        var failure = await engine.PullAsync(image, cancellationToken);
        if (failure is not null)
        {
            failures?.Remember(engine, image, failure);
        }

        return failure;
    }

    private static async Task<EngineAnswer> AskEnginesAsync(IConfiguration configuration, ImageReference image, CancellationToken cancellationToken)
    {
        var wanted = EngineSettings.Select(setting => configuration[setting]).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value));
        var answers = await Task.WhenAll((wanted is null ? Engines : [wanted.ToLowerInvariant()])
            .Select(command => new ContainerEngine(command).FindAsync(image, cancellationToken)));
        return answers.FirstOrDefault(answer => answer.Engine is not null)
            ?? new EngineAnswer(null, false, string.Join("; ", answers.Select(answer => answer.Reason)));
    }
}
