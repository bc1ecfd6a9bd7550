using System.Globalization;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace RedisCluster.Hosting.Build;

/// <summary>
/// Web interfaces for people, in containers of their own. They follow the cluster's redirections to localhost, which is made true inside their container: their
/// images have Node.js, which first runs the forwarder of this library.
/// </summary>
internal static class WebInterfaces
{
    private const string FilesPath = "/run/redis-cluster";
    private const string ForwarderName = "forward.cjs";

    /// <param name="Suffix">Ends the name of the resource.</param>
    /// <param name="Image">The image.</param>
    /// <param name="Port">Where the image listens.</param>
    /// <param name="Command">What the image would start.</param>
    /// <param name="Environment">How it is told of the cluster, as it is at the start: by variables that may be secret.</param>
    internal sealed record Kind(string Suffix, string Image, int Port, IReadOnlyList<string> Command, Func<RedisClusterResource, string?, Dictionary<string, string>> Environment);

    /// <summary>github.com/joeferner/redis-commander; newer images are not on Docker Hub. Its own entrypoint would put the password into argv.</summary>
    public static readonly Kind RedisCommander = new("commander", "ghcr.io/joeferner/redis-commander:latest", 8081, ["node", "/redis-commander/bin/redis-commander.js"], (cluster, password) => new()
    {
        ["NODE_CONFIG"] = JsonSerializer.Serialize(new { noSave = true, connections = new[] { new { label = cluster.Name, clusters = Nodes(cluster), password = password ?? "" } } }),
    });

    /// <summary>redis.io/insight.</summary>
    public static readonly Kind RedisInsight = new("insight", "docker.io/redis/redisinsight:3.4", 5540, ["./docker-entry.sh", "node", "redisinsight/api/dist/src/main"], (cluster, password) => new()
    {
        ["RI_REDIS_HOST"] = cluster.Nodes[0].Setup.Announced.Host,
        ["RI_REDIS_PORT"] = cluster.Nodes[0].Port.ToString(CultureInfo.InvariantCulture),
        ["RI_REDIS_ALIAS"] = cluster.Name,
        ["RI_REDIS_PASSWORD"] = password ?? "",
    });

    public static void Add(IResourceBuilder<RedisClusterResource> builder, Kind kind, int? hostPort, Action<IResourceBuilder<ContainerResource>>? configure)
    {
        var cluster = builder.Resource;
        var added = builder.ApplicationBuilder.AddContainer($"{cluster.Name}-{kind.Suffix}", kind.Image)
            .ExcludeFromManifest()
            .WithParentRelationship(cluster)
            .WaitFor(builder)
            .WithHttpEndpoint(port: hostPort, targetPort: kind.Port, name: "http")
            .WithHttpHealthCheck("/")
            .WithEnvironment(context => context.EnvironmentVariables["REDIS_ADDRESSMAP"] = cluster.AddressMap())
            .WithContainerFiles(FilesPath, async (_, cancellationToken) =>
            [
                new ContainerFile { Name = ForwarderName, Contents = await ForwarderAsync(cancellationToken) },
                new ContainerFile { Name = "environment.json", Contents = JsonSerializer.Serialize(kind.Environment(cluster, await cluster.PasswordAsync(cancellationToken))) },
            ])
            .WithEntrypoint("node")
            .WithArgs([$"{FilesPath}/{ForwarderName}", .. kind.Command]);
        configure?.Invoke(added);
    }

    private static string Nodes(RedisClusterResource cluster) =>
        string.Join(',', cluster.WantedNodes.Select(node => node.Setup.Address));

    private static async Task<string> ForwarderAsync(CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(typeof(WebInterfaces).Assembly.GetManifestResourceStream(ForwarderName)!);
        return await reader.ReadToEndAsync(cancellationToken);
    }
}
