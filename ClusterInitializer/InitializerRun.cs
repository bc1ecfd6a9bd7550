using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisCluster;
using RedisCluster.Execution;
using RedisCluster.Observing;
using RedisCluster.Topology;
using RedisCluster.Wire;

namespace ClusterInitializer;

/// <summary>One run of the program: settings in, exit code out.</summary>
internal static class InitializerRun
{
    private const int Success = 0;
    private const int Failure = 1;

    public static async Task<int> ExecuteAsync(RunMode mode, Action<ClusterSettings> arguments, CancellationToken cancellationToken)
    {
        using var host = BuildHost(mode, arguments);
        ClusterSettings settings;
        try
        {
            settings = host.Services.GetRequiredService<IOptions<ClusterSettings>>().Value;
        }
        catch (OptionsValidationException exception)
        {
            await Console.Error.WriteLineAsync(string.Join(Environment.NewLine, exception.Failures));
            return Failure;
        }

        await host.StartAsync(cancellationToken);
        var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        var logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger(Telemetry.Name);
        try
        {
            if (mode is not RunMode.Reconcile)
            {
                return await ReportAsync(mode, settings, stopping);
            }

            var exitCode = await ReconcileAsync(settings, logger, stopping);
            await host.WaitForCollectorAsync(stopping);
            return exitCode;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            logger.Stopped();
            return Failure;
        }
    }

    private static IHost BuildHost(RunMode mode, Action<ClusterSettings> arguments)
    {
        // Without the defaults: no settings files are searched and watched, which a run of half a second would notice.
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = Telemetry.Name });
        builder.Configuration.AddEnvironmentVariables();
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        // What a report prints is for programs too.
        builder.Logging.AddFilter(null, mode is RunMode.Reconcile ? LogLevel.Information : LogLevel.Error);
        builder.AddTelemetryExportOfAShortRun();
        builder.Services.Configure<ConsoleLifetimeOptions>(console => console.SuppressStatusMessages = true);
        builder.Services.AddSingleton<IValidateOptions<ClusterSettings>, ClusterSettingsValidation>();
        builder.Services.AddOptions<ClusterSettings>()
            .Bind(builder.Configuration.GetSection(SettingNames.Section))
            .Configure(arguments);
        return builder.Build();
    }

    private static async Task<int> ReconcileAsync(ClusterSettings settings, ILogger logger, CancellationToken cancellationToken)
    {
        await using var connections = new NodeConnections(settings.User, settings.Password, Reconciler.AnswerTimeout(settings.Deadline));
        var outcome = await ReconcilerRun.RunAsync(
            connections,
            () => WantedAsync(settings, connections, new Observer(connections), settings.StartTimeout, cancellationToken),
            settings.StartTimeout, settings.Deadline, logger, cancellationToken);
        return outcome is Outcome.Ready ? Success : Failure;
    }

    private static async Task<int> ReportAsync(RunMode mode, ClusterSettings settings, CancellationToken cancellationToken)
    {
        await using var connections = new NodeConnections(settings.User, settings.Password);
        var observer = new Observer(connections);
        var wanted = await WantedAsync(settings, connections, observer, TimeSpan.Zero, cancellationToken);
        var report = new Report(wanted, await observer.ObserveAsync(wanted.Nodes, TimeSpan.Zero, cancellationToken));
        Console.Out.WriteLine(mode is RunMode.CheckAsJson ? report.ToJson() : mode is RunMode.Check ? report.ToString() : report.WithPlan());
        return (mode is RunMode.DryRun ? !report.IsRefused : report.IsReady) ? Success : Failure;
    }

    private static async Task<WantedCluster> WantedAsync(
        ClusterSettings settings, NodeConnections connections, Observer observer, TimeSpan patience, CancellationToken cancellationToken)
    {
        ImmutableArray<NodeAddress> nodes = [.. settings.Nodes.Select(NodeAddress.Parse)];
        if (settings is { Shards: { } shards, ReplicasPerShard: { } replicas })
        {
            return new WantedCluster(shards, replicas, nodes, settings.NodeTimeout);
        }

        // Any cluster, ours or not: all its nodes, in the shape that they have.
        nodes = await new NodeDiscovery(connections).CompleteAsync(await observer.ObserveAsync(nodes, patience, cancellationToken), cancellationToken);
        var found = await observer.ObserveAsync(nodes, patience, cancellationToken);
        var shardCount = settings.Shards ?? Math.Max(1, found.Nodes.Count(node => !node.Slots.IsEmpty));
        var replicaCount = settings.ReplicasPerShard ?? Math.Max(0, (nodes.Length / shardCount) - 1);
        var timeout = found.Nodes.GroupBy(node => node.NodeTimeout).MaxBy(group => group.Count())?.Key ?? settings.NodeTimeout;
        return new WantedCluster(shardCount, replicaCount, nodes, timeout) { IsAsFound = settings is { Shards: null, ReplicasPerShard: null } };
    }
}
