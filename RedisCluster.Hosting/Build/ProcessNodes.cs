using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using RedisCluster.Hosting.Machine;
using RedisCluster.Hosting.Model;
using RedisCluster.Servers;

namespace RedisCluster.Hosting.Build;

/// <summary>Nodes as server processes that listen on 127.0.0.1 only.</summary>
internal static class ProcessNodes
{
    public static IResourceBuilder<RedisClusterNodeProcess> Add(IDistributedApplicationBuilder builder, NodeSetup setup) =>
        builder.AddResource(new RedisClusterNodeProcess(setup, DataFolder.Of(setup.Cluster).Of(setup.Number)))
            .WithArgs(context =>
            {
                foreach (var argument in Arguments((RedisClusterNodeProcess)context.Resource, setup))
                {
                    context.Args.Add(argument);
                }
            })
            .OnBeforeResourceStarted((node, started, cancellationToken) => PrepareAsync(node, setup, started, cancellationToken));

    /// <summary>Names the server, which the start has found.</summary>
    public static void Use(RedisClusterNodeProcess node, string server) =>
        node.Annotations.OfType<ExecutableAnnotation>().Last().Command = server;

    private static IEnumerable<string> Arguments(RedisClusterNodeProcess node, NodeSetup setup) =>
        [
            ConfigCopy.In(node.WorkingDirectory), "--bind", "127.0.0.1",

            // The log of writes is enough for a restart. A server that has to save a snapshot before it ends does not end when its folder is already gone.
            .. DataFolder.Of(setup.Cluster).IsTemporary ? ["--save", ""] : Array.Empty<string>(),
            .. NodeConfig.Agreed(setup.Port, setup.Cluster.Options.NodeTimeout), "--include", Auth(node),
        ];

    // The files must be there before the process is, and the password may have been changed since the last start.
    private static async Task PrepareAsync(RedisClusterNodeProcess node, NodeSetup setup, BeforeResourceStartedEvent started, CancellationToken cancellationToken)
    {
        DataFolder.Create(node.WorkingDirectory);
        await ConfigCopy.WriteAsync(node.WorkingDirectory, setup.ReadConfig(), cancellationToken);
        await AuthFile.WriteAsync(Auth(node), node.Cluster.PasswordParameter!, cancellationToken);
        if (LostData.SetIdentityAside(node.WorkingDirectory) is { } aside)
        {
            Log.IdentitySetAside(started.Services.GetRequiredService<ResourceLoggerService>().GetLogger(node), node.Name, node.WorkingDirectory, aside);
        }
    }

    private static string Auth(RedisClusterNodeProcess node) => Path.Combine(node.WorkingDirectory, AuthFile.Name);
}
