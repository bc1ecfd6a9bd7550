using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisCluster.Hosting.Machine;
using RedisCluster.Hosting.Run;
using RedisCluster.Hosting.Start;
using RedisCluster.Servers;
using RedisCluster.Wire;

namespace RedisCluster.Hosting.Build;

/// <summary>
/// The start of one cluster: finds out what its nodes run on, fetches what is missing, checks everything before anything starts, then follows the cluster until the
/// AppHost ends.
/// </summary>
internal sealed class ClusterStart(RedisClusterResource cluster, ClusterNodes nodes, ClusterWatch watch)
{
    // Nodes that do not end when they are asked to are killed after some seconds.
    private static readonly TimeSpan LongestRemoval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BetweenRemovals = TimeSpan.FromMilliseconds(100);

    public void Attach(IResourceBuilder<RedisClusterResource> builder)
    {
        if (builder.ApplicationBuilder.ExecutionContext.IsPublishMode)
        {
            // What a node mounts and reads lies on this machine.
            builder.ApplicationBuilder.OnBeforeStart((_, _) => cluster.Setup.Existing.Count > 0 ? Task.CompletedTask : throw new DistributedApplicationException(
                $"The Redis Cluster '{cluster.Name}' cannot be published, because it has no published form yet: add it only when ExecutionContext.IsRunMode, and name a cluster that exists with AddConnectionString(\"{cluster.Name}\") otherwise."));
            return;
        }

        builder.ApplicationBuilder.Services.AddHostedService<OrchestratorWait>();
        builder.ApplicationBuilder.OnBeforeStart(PrepareAsync);
        builder.OnInitializeResource((resource, started, cancellationToken) =>
        {
            // Initializing must return at once: the cluster is followed as long as the AppHost runs.
            _ = Task.Run(() => FollowAsync(started, cancellationToken), cancellationToken);
            return Task.CompletedTask;
        });
    }

    private async Task PrepareAsync(BeforeStartEvent started, CancellationToken cancellationToken)
    {
        var logger = started.Services.GetRequiredService<ILoggerFactory>().CreateLogger("RedisCluster.Hosting");
        List<string> problems = [.. nodes.Problems()];
        var isWellSet = problems.Count == 0;
        problems.AddRange(await PasswordCheck.ProblemsAsync(cluster, cancellationToken));
        if (WritableFolders.ProblemOfHome() is { } homeless)
        {
            problems.Add(homeless);
        }

        try
        {
            // Wrong settings are corrected before anything is pulled or unpacked for them.
            if (isWellSet && cluster.Setup.Existing.Count == 0)
            {
                var choice = await MachineRuntime.ChooseAsync(started.Services.GetRequiredService<IConfiguration>(), cluster, logger, cancellationToken);
                if (choice.Problem is { } problem)
                {
                    problems.Add(problem);
                }
                else
                {
                    await SettleAsync(choice, problems, started, logger, cancellationToken);
                }
            }
        }
        catch (ContainerEngineException cause)
        {
            problems.Add(cause.Message);
        }

        if (problems.Count > 0)
        {
            throw new RedisClusterStartException(cluster.Name, problems);
        }
    }

    // Gives the nodes what they run on; adds what stands against a start.
    private async Task SettleAsync(RuntimeChoice choice, List<string> problems, BeforeStartEvent started, ILogger logger, CancellationToken cancellationToken)
    {
        // Looked at before nodes come: the registrations are validated when they are read first.
        var healthChecks = started.Services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations;
        cluster.Setup.EngineCommand = choice.Engine?.Command;
        if (cluster.Setup.TakesFreePorts)
        {
            // Held until the AppHost ends: another isolated run chooses others.
            cluster.Options.FirstPort = FreePorts.Block(cluster.Options.NodeCount);
        }

        if (cluster.Setup.TakesFreePorts || cluster.Nodes.Any(node => node is RedisClusterNodeProcess != (choice.Form == RedisClusterRuntime.Process)))
        {
            nodes.Exchange(choice.Form);
        }

        var emptied = EmptiedVolumes.Of(cluster);
        var unused = choice.Engine is { } engine ? await emptied.FindAsync(engine, cancellationToken) : [];
        foreach (var number in await EarlierNodes.FindAsync(cluster, choice.Engine, unused, cancellationToken))
        {
            nodes.Add(choice.Form, number, isLeaving: true);
        }

        nodes.UseFurtherConfigs();
        nodes.RegisterHealthChecks(healthChecks);
        foreach (var process in cluster.Nodes.OfType<RedisClusterNodeProcess>())
        {
            ProcessNodes.Use(process, choice.Server!.Path);
        }

        problems.AddRange(ConfigFileCheck.Problems(cluster));
        problems.AddRange(await PortCheck.ProblemsAsync(cluster, started.Model.Resources, choice.Engine, cancellationToken));
        if (choice.Engine is not null)
        {
            problems.AddRange(await VolumeCheck.ProblemsAsync(cluster, choice.Engine, cancellationToken));
        }

        if ((choice.Server is not null || cluster.Setup.BindFolder is not null) && WritableFolders.ProblemOfData(DataFolder.Of(cluster)) is { } unwritable)
        {
            problems.Add(unwritable);
        }

        if (problems.Count == 0)
        {
            if (choice.Engine is not null)
            {
                await emptied.RemoveAsync(choice.Engine, unused, cancellationToken);
            }

            Describe(choice, logger);
            RemoveAtTheEnd(DataFolder.Of(cluster), started.Services, logger);
        }
    }

    private void Describe(RuntimeChoice choice, ILogger logger)
    {
        var folder = DataFolder.Of(cluster);
        var data = choice.Server is not null || cluster.Setup.BindFolder is not null ? $"Data in {folder.Path}{(folder.IsTemporary ? ", removed at the end" : "")}."
            : cluster.Setup.VolumePrefix is { } prefix ? $"Data in the volumes {prefix}-1 and following."
            : "Data end with the containers.";
        if (choice.Server is not null && WritableFolders.SpaceLeft(folder.Path) is < WritableFolders.LittleSpace and var left)
        {
            Log.LittleSpace(logger, cluster.Name, folder.Path, left / 1024 / 1024);
        }

        Log.Form(logger, cluster.Name, cluster.Nodes.Count, cluster.Options.FirstPort, choice.Server is { } server ? $"processes of {server.Name} {server.Version}" : "containers", choice.Reason, data);
        if (cluster.Nodes.Where(node => node.Setup.IsLeaving).Select(node => node.Name).ToList() is [_, ..] leaving)
        {
            Log.Leaving(logger, cluster.Name, string.Join(", ", leaving));
        }

        foreach (var node in cluster.Nodes.Where(node => node.Setup.ConfigFile is not null))
        {
            DescribeOverrides(logger, node);
        }
    }

    // A file that disagrees with the settings still works, and nobody shall wonder why its port is not used.
    private static void DescribeOverrides(ILogger logger, IRedisClusterNode node)
    {
        var config = node.Setup.ReadConfig();
        foreach (var option in config.Overrides(node.Port, node.Cluster.Options.NodeTimeout).Chunk(2))
        {
            var directive = option[0].TrimStart('-');
            Log.Overridden(logger, node.Name, directive, option[1], node.Setup.ConfigFile!, config.Value(directive) ?? "no such line");
        }
    }

    private async Task FollowAsync(InitializeResourceEvent started, CancellationToken cancellationToken)
    {
        await using (watch)
        {
            using var lifecycle = new ClusterLifecycle(cluster, watch, started);
            await lifecycle.RunAsync(cancellationToken);
        }
    }

    private void RemoveAtTheEnd(DataFolder folder, IServiceProvider services, ILogger logger)
    {
        if (!folder.IsTemporary || !cluster.Nodes.OfType<RedisClusterNodeProcess>().Any())
        {
            return;
        }

        services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped.Register(() => RemoveAsync(folder, logger).GetAwaiter().GetResult());
    }

    // The orchestrator may still be ending the nodes, which write into it.
    private static async Task RemoveAsync(DataFolder folder, ILogger logger)
    {
        Exception? lastCause = null;
        var isRemoved = await Until.HoldsAsync(
            _ => Task.FromResult((lastCause = TryRemove(folder)) is null), LongestRemoval, BetweenRemovals, TimeProvider.System, CancellationToken.None);
        if (!isRemoved)
        {
            Log.FolderNotRemoved(logger, lastCause!, folder.Path);
        }
    }

    private static Exception? TryRemove(DataFolder folder)
    {
        try
        {
            folder.Remove();
            return null;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return cause;
        }
    }
}
