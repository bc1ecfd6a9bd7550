using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using RedisCluster.Hosting.Settings;

namespace RedisCluster.Hosting.Nodes;

/// <summary>Nodes as containers: the image's own entrypoint starts the server with the mounted config.</summary>
internal static class ContainerNodes
{
    private const string ConfigPath = "/usr/local/etc/redis/redis.conf";
    private const string DataPath = "/data";
    private const string SecretFolder = "/run/redis-cluster";

    // The entrypoint of the official image drops to a user of its own, which must be able to read the files.
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public static IResourceBuilder<RedisClusterNodeContainer> Add(IDistributedApplicationBuilder builder, NodeSetup setup)
    {
        var image = ImageReference.TryParse(setup.Cluster.Options.Image) ?? new ImageReference(null, setup.Cluster.Options.Image, null, null);
        return builder.AddResource(new RedisClusterNodeContainer(setup))
            .WithAnnotation(Annotation(image))
            .WithContainerFiles(SecretFolder, async (_, cancellationToken) => await FilesAsync(setup, cancellationToken))
            .WithArgs(context =>
            {
                context.Args.Add("redis-server");
                context.Args.Add(setup.ConfigFile is null ? $"{SecretFolder}/redis.conf" : ConfigPath);
                foreach (var argument in Options(setup))
                {
                    context.Args.Add(argument);
                }
            });
    }

    public static void Mount(IResourceBuilder<RedisClusterNodeContainer> node, string configFile)
        => node.WithBindMount(configFile, ConfigPath, isReadOnly: true);

    public static void Keep(IResourceBuilder<RedisClusterNodeContainer> node, string volume)
        => node.WithVolume(volume, DataPath);

    // Setting the digest clears the tag and the other way round, also when it is set to nothing.
    internal static ContainerImageAnnotation Annotation(ImageReference image)
        => image.Sha256 is { } digest
            ? new ContainerImageAnnotation { Registry = image.Registry, Image = image.Name, SHA256 = digest }
            : new ContainerImageAnnotation { Registry = image.Registry, Image = image.Name, Tag = image.Tag ?? "latest" };

    private static IEnumerable<string> Options(NodeSetup setup)
        =>
        [
            // The official image works in /data anyway; an image made by hand works in /.
            .. setup.Volume is null ? Array.Empty<string>() : ["--dir", DataPath],
            .. setup.Overrides(),
            "--include", $"{SecretFolder}/{AuthFile.Name}",
        ];

    private static async Task<IEnumerable<ContainerFileSystemItem>> FilesAsync(NodeSetup setup, CancellationToken cancellationToken)
    {
        var auth = new ContainerFile
        {
            Name = AuthFile.Name,
            Contents = await AuthFile.TextAsync(setup.Cluster.PasswordParameter, cancellationToken),
            Mode = Readable,
        };
        return setup.ConfigFile is null
            ? [auth, new ContainerFile { Name = "redis.conf", Contents = setup.ReadConfig().Text, Mode = Readable }]
            : [auth];
    }
}
