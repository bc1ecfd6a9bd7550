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
        var files = ContainerFiles.Of(setup);
        var node = builder.AddResource(new RedisClusterNodeContainer(setup))
            .WithImage(setup.Cluster.Options.Image)
            .WithBindMount(files.Path, FilesPath, isReadOnly: true)
            .WithCertificateTrustScope(CertificateTrustScope.None);
#pragma warning disable ASPIRECERTIFICATES001 // Experimental. A node has no use for the developer's certificates, and the engine would copy them into each, twice.
        node.WithoutHttpsCertificate();
#pragma warning restore ASPIRECERTIFICATES001
        Keep(node, setup);
        return node
            .WithArgs(context =>
            {
                foreach (var argument in Arguments(setup))
                {
                    context.Args.Add(argument);
                }
            })
            .OnBeforeResourceStarted((_, _, cancellationToken) => WriteAsync(setup, files, cancellationToken));
    }

    /// <summary>What Aspire has against the image reference.</summary>
    public static IEnumerable<string> ImageProblems(IDistributedApplicationBuilder builder, RedisClusterOptions options)
    {
        try
        {
            builder.CreateResourceBuilder(new ContainerResource("any")).WithImage(options.Image);
            return [];
        }
        catch (ArgumentException)
        {
            return [$"{options.OriginOf(nameof(options.Image))} is '{options.Image}'; expected an image reference such as redis:8.6 or registry.example.com/redis:8.6@sha256:<64 hexadecimal digits>."];
        }
    }

    /// <summary>Whether the next start of the node finds no data of earlier ones.</summary>
    public static bool StartsEmpty(NodeSetup setup) => setup switch
    {
        { Cluster.Setup.BindFolder: not null } => LostData.IsEmpty(DataFolder.Of(setup.Cluster).Of(setup.Number)),
        { Cluster.Setup.OutlivesAppHost: true } => false, // The container itself has them.
        _ => setup.Volume is null,
    };

    public static void Mount(IResourceBuilder<RedisClusterNodeContainer> node, string configFile) =>
        node.WithBindMount(configFile, ConfigPath, isReadOnly: true);

    private static void Keep(IResourceBuilder<RedisClusterNodeContainer> node, NodeSetup setup)
    {
        var cluster = setup.Cluster;
        if (cluster.Setup.BindFolder is not null)
        {
            node.WithBindMount(DataFolder.Of(cluster).Of(setup.Number), DataPath);
        }
        else if (cluster.Setup.VolumePrefix is { } prefix)
        {
            setup.Volume = $"{prefix}-{setup.Number}";
            node.WithVolume(setup.Volume, DataPath);
        }
    }

    private static IEnumerable<string> Arguments(NodeSetup setup) =>
        [
            setup.Cluster.Options.Product.Program, setup.ConfigFile is null ? $"{FilesPath}/{ConfigName}" : ConfigPath,

            // The official image works in /data anyway; an image made by hand works in /.
            .. setup.Cluster.Setup.KeepsData ? ["--dir", DataPath] : Array.Empty<string>(),
            .. setup.Overrides(),
            "--include", $"{FilesPath}/{AuthFile.Name}",
        ];

    // They must be there before the container is, and the password may have been changed since the last start.
    private static async Task WriteAsync(NodeSetup setup, ContainerFiles files, CancellationToken cancellationToken)
    {
        if (setup.Cluster.Setup.BindFolder is not null)
        {
            // The engine would make it for root.
            Directory.CreateDirectory(DataFolder.Of(setup.Cluster).Of(setup.Number));
        }

        await files.WriteAsync(AuthFile.Name, await AuthFile.TextAsync(setup.Cluster.PasswordParameter!, cancellationToken), cancellationToken);
        if (setup.ConfigFile is null)
        {
            await files.WriteAsync(ConfigName, setup.ReadConfig().Text, cancellationToken);
        }
    }
}
