using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RedisCluster.Hosting.Model;
using RedisCluster.Hosting.Run;
using RedisCluster.Servers;

namespace RedisCluster.Hosting.Start;

/// <summary>Checks everything once before anything starts, then follows the cluster until the AppHost ends.</summary>
internal static class ClusterStart
{
    public static void Attach(IResourceBuilder<RedisClusterResource> cluster)
    {
        if (cluster.ApplicationBuilder.ExecutionContext.IsPublishMode)
        {
            return;
        }

        cluster.ApplicationBuilder.OnBeforeStart((started, cancellationToken) => CheckAsync(cluster.Resource.Setup, started, cancellationToken));
        cluster.OnInitializeResource((resource, started, cancellationToken) =>
        {
            // Initializing must return at once: the cluster is followed as long as the AppHost runs.
            _ = Task.Run(() => FollowAsync(resource, started, cancellationToken), cancellationToken);
            return Task.CompletedTask;
        });
    }

    private static async Task CheckAsync(ClusterSetup setup, BeforeStartEvent started, CancellationToken cancellationToken)
    {
        var cluster = setup.Cluster;
        List<string> problems =
        [
            .. setup.SettingsProblems,
            .. setup.Choice.Problem is { } problem ? new[] { problem } : [],
            .. ConfigFileCheck.Problems(cluster),
            .. PortCheck.Problems(cluster, started.Model.Resources, busPortsAreLocal: setup.Processes.Count > 0),
        ];
        if (problems.Count == 0 && setup.Choice.Engine is { } engine)
        {
            problems.AddRange(await VolumeCheck.ProblemsAsync(cluster, engine, cancellationToken));
        }

        if (problems.Count > 0)
        {
            throw new RedisClusterStartException(cluster.Name, problems);
        }

        var logger = started.Services.GetRequiredService<ILoggerFactory>().CreateLogger("RedisCluster.Hosting");
        Log.Form(logger, cluster.Name, cluster.Nodes.Count, setup.Choice.Server is { } server ? $"processes of {server.Name} {server.Version}" : "containers", setup.Choice.Reason, setup.DataLocation);
        if (cluster.Nodes.Where(node => node.Setup.IsLeaving).Select(node => node.Name).ToList() is [_, ..] leaving)
        {
            Log.Leaving(logger, cluster.Name, string.Join(", ", leaving));
        }

        foreach (var node in cluster.Nodes)
        {
            SayOverrides(logger, node);
        }

        if (setup is { Folder.IsTemporary: true, Processes.Count: > 0 })
        {
            started.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped.Register(() => Remove(logger, setup.Folder.Path));
        }
    }

    // A file that disagrees with the settings still works, and nobody shall wonder why its port is not used.
    private static void SayOverrides(ILogger logger, IRedisClusterNode node)
    {
        if (node.Setup.ConfigFile is not { } file)
        {
            return;
        }

        var config = new NodeConfig(File.ReadAllText(file));
        foreach (var option in config.Overrides(node.Port, node.Cluster.Options.NodeTimeout).Chunk(2))
        {
            var directive = option[0].TrimStart('-');
            Log.Overridden(logger, node.Name, directive, option[1], file, config.Value(directive) ?? "no such line");
        }
    }

    private static async Task FollowAsync(RedisClusterResource cluster, InitializeResourceEvent started, CancellationToken cancellationToken)
    {
        await using var watch = cluster.Setup.Watch;
        using var lifecycle = new ClusterLifecycle(cluster, watch, started);
        await lifecycle.RunAsync(cancellationToken);
    }

    private static void Remove(ILogger logger, string folder)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (IOException cause)
        {
            // The orchestrator may still be ending the nodes; what they leave is in the system's temporary folder.
            Log.FolderNotRemoved(logger, cause, folder);
        }
    }
}
