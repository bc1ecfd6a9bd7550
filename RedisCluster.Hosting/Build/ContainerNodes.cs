using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using RedisCluster.Hosting.Machine;
using RedisCluster.Hosting.Model;

namespace RedisCluster.Hosting.Build;

/// <summary>Nodes as containers: the image's own entrypoint starts the server with the mounted config.</summary>
internal static class ContainerNodes
{
    private const string ConfigPath = "/usr/local/etc/redis/redis.conf";
    private const string DataPath = "/data";
    private const string FilesPath = "/run/redis-cluster";
    private const string ConfigName = "redis.conf";

    public static IResourceBuilder<RedisClusterNodeContainer> Add(IDistributedApplicationBuilder builder, NodeSetup setup)
    {
        var image = ImageReference.TryParse(setup.Cluster.Options.Image) ?? new ImageReference(null, setup.Cluster.Options.Image, null, null);
        var files = setup.ContainerFiles = ContainerFiles.Of(builder.AppHostDirectory, setup);
        return builder.AddResource(new RedisClusterNodeContainer(setup))
            .WithAnnotation(Annotation(image))
            .WithBindMount(files.Path, FilesPath, isReadOnly: true)
            .WithArgs(context =>
            {
                context.Args.Add("redis-server");
                context.Args.Add(setup.ConfigFile is null ? $"{FilesPath}/{ConfigName}" : ConfigPath);
                foreach (var argument in Options(setup))
                {
                    context.Args.Add(argument);
                }
            })
            .OnBeforeResourceStarted((_, _, cancellationToken) => WriteAsync(setup, files, cancellationToken));
    }

    public static void Mount(IResourceBuilder<RedisClusterNodeContainer> node, string configFile) =>
        node.WithBindMount(configFile, ConfigPath, isReadOnly: true);

    public static void Keep(IResourceBuilder<RedisClusterNodeContainer> node, string volume) =>
        node.WithVolume(volume, DataPath);

    // Setting the digest clears the tag and the other way round, also when it is set to nothing.
    internal static ContainerImageAnnotation Annotation(ImageReference image) =>
        image.Sha256 is { } digest
            ? new ContainerImageAnnotation { Registry = image.Registry, Image = image.Name, SHA256 = digest }
            : new ContainerImageAnnotation { Registry = image.Registry, Image = image.Name, Tag = image.Tag ?? "latest" };

    private static IEnumerable<string> Options(NodeSetup setup)
        =>
        [
            // The official image works in /data anyway; an image made by hand works in /.
            .. setup.Volume is null ? Array.Empty<string>() : ["--dir", DataPath],
            .. setup.Overrides(),
            "--include", $"{FilesPath}/{AuthFile.Name}",
        ];

    // They must be there before the container is, and the password may have been changed since the last start.
    private static async Task WriteAsync(NodeSetup setup, ContainerFiles files, CancellationToken cancellationToken)
    {
        await files.WriteAsync(AuthFile.Name, await AuthFile.TextAsync(setup.Cluster.PasswordParameter, cancellationToken), cancellationToken);
        if (setup.ConfigFile is null)
        {
            await files.WriteAsync(ConfigName, setup.ReadConfig().Text, cancellationToken);
        }
    }
}
