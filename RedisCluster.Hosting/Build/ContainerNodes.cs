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

    /// <summary>What Aspire has against an image reference.</summary>
    public static IEnumerable<string> ImageProblems(IDistributedApplicationBuilder builder, string image)
    {
        try
        {
            builder.CreateResourceBuilder(new ContainerResource("any")).WithImage(image);
            return [];
        }
        catch (ArgumentException)
        {
            return [$"RedisCluster:Image is '{image}'; expected an image reference such as redis:8.6 or registry.example.com/redis:8.6@sha256:<64 hexadecimal digits>."];
        }
    }

    public static void Mount(IResourceBuilder<RedisClusterNodeContainer> node, string configFile) =>
        node.WithBindMount(configFile, ConfigPath, isReadOnly: true);

    public static void Keep(IResourceBuilder<RedisClusterNodeContainer> node, string volume) =>
        node.WithVolume(volume, DataPath);

    private static IEnumerable<string> Arguments(NodeSetup setup) =>
        [
            "redis-server", setup.ConfigFile is null ? $"{FilesPath}/{ConfigName}" : ConfigPath,

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
