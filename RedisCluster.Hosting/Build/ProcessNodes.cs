using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using RedisCluster.Hosting.Machine;
using RedisCluster.Hosting.Model;

namespace RedisCluster.Hosting.Build;

/// <summary>Nodes as server processes that listen on 127.0.0.1 only.</summary>
internal static class ProcessNodes
{
    public static IResourceBuilder<RedisClusterNodeProcess> Add(IDistributedApplicationBuilder builder, NodeSetup setup, string server, DataFolder folder) =>
        builder.AddResource(new RedisClusterNodeProcess(setup, server, folder.Of(setup.Number)))
            .WithArgs(context =>
            {
                context.Args.Add(setup.ConfigFile ?? GeneratedConfig(context.Resource));
                context.Args.Add("--bind");
                context.Args.Add("127.0.0.1");
                foreach (var argument in setup.Overrides())
                {
                    context.Args.Add(argument);
                }

                context.Args.Add("--include");
                context.Args.Add(Auth(context.Resource));
            })
            .OnBeforeResourceStarted((node, _, cancellationToken) => PrepareAsync(node, cancellationToken));

    // The files must be there before the process is, and the password may have been changed since the last start.
    private static async Task PrepareAsync(RedisClusterNodeProcess node, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(node.WorkingDirectory);
        IRedisClusterNode form = node;
        if (form.Setup.ConfigFile is null)
        {
            await File.WriteAllTextAsync(GeneratedConfig(node), form.Setup.ReadConfig().Text, cancellationToken);
        }

        await OwnerOnlyFile.WriteAsync(Auth(node), await AuthFile.TextAsync(node.Cluster.PasswordParameter, cancellationToken), cancellationToken);
    }

    private static string GeneratedConfig(IResource node) => Path.Combine(((RedisClusterNodeProcess)node).WorkingDirectory, "redis.conf");

    private static string Auth(IResource node) => Path.Combine(((RedisClusterNodeProcess)node).WorkingDirectory, AuthFile.Name);
}
