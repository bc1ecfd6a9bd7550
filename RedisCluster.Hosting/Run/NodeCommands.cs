using System.Diagnostics;
using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using RedisCluster.Hosting.Machine;
using RedisCluster.Planning;
using RedisCluster.Wire;

namespace RedisCluster.Hosting.Run;

/// <summary>The buttons of a node: make it the primary, or let it crash.</summary>
internal static class NodeCommands
{
    public const string FailOverTitle = "Fail over to this node";
    private const string PidProperty = "executable.pid";
    private const string ContainerProperty = "container.id";

    public static void Add<T>(IResourceBuilder<T> builder, ClusterWatch watch)
        where T : IRedisClusterNode
    {
        IRedisClusterNode node = builder.Resource;
        builder.WithCommand("failover", FailOverTitle, context => FailOverAsync(node, watch, context.CancellationToken), new CommandOptions
        {
            Description = "Makes this replica the primary of its shard without losing a write: its primary waits until it has everything.",
            IconName = "ArrowSwap",
            IsHighlighted = true,
            UpdateState = state => CanFailOver(state.ResourceSnapshot, watch.LastRole(node)) ? ResourceCommandState.Enabled : ResourceCommandState.Disabled,
        });
        builder.WithCommand("crash", "Crash", context => CrashAsync(node, context), new CommandOptions
        {
            Description = "Kills the server at once, as a power cut would. Its replica takes over after the node timeout.",
            ConfirmationMessage = "Kill this node? Writes of the last second that its replica has not received are lost.",
            IconName = "Flash",
            UpdateState = state => IsRunning(state.ResourceSnapshot) ? ResourceCommandState.Enabled : ResourceCommandState.Disabled,
        });
    }

    internal static bool CanFailOver(CustomResourceSnapshot snapshot, NodeRole? role) => IsRunning(snapshot) && role is { IsPrimary: false };

    private static bool IsRunning(CustomResourceSnapshot snapshot) => snapshot.State?.Text == KnownResourceStates.Running;

    private static async Task<ExecuteCommandResult> FailOverAsync(IRedisClusterNode node, ClusterWatch watch, CancellationToken cancellationToken)
    {
        if ((await watch.ObserveAsync(cancellationToken)).Roles.GetValueOrDefault(node) is not { } role)
        {
            return CommandResults.Failure($"{node.Name} is not reachable.");
        }

        if (role.IsPrimary)
        {
            return CommandResults.Failure($"{node.Name} is a primary already. Fail over to one of its replicas.");
        }

        var started = Stopwatch.GetTimestamp();
        try
        {
            await watch.PromoteAsync(node, FailOverMode.Graceful, cancellationToken);
            return CommandResults.Success(string.Create(CultureInfo.InvariantCulture, $"{node.Name} became primary within {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms."));
        }
        catch (NodeException cause)
        {
            return CommandResults.Failure($"{node.Name} did not become primary: {cause.Message}. The cluster stays as it was.");
        }
    }

    private static async Task<ExecuteCommandResult> CrashAsync(IRedisClusterNode node, ExecuteCommandContext context)
    {
        var notifications = context.Services.GetRequiredService<ResourceNotificationService>();
        if (!notifications.TryGetCurrentState(context.ResourceName, out var current) || !IsRunning(current.Snapshot))
        {
            return CommandResults.Failure($"{node.Name} is not running.");
        }

        return node is RedisClusterNodeProcess
            ? KillProcess(node, current.Snapshot)
            : await KillContainerAsync(node, current.Snapshot, context.CancellationToken);
    }

    private static ExecuteCommandResult KillProcess(IRedisClusterNode node, CustomResourceSnapshot snapshot)
    {
        if (!int.TryParse(Property(snapshot, PidProperty), CultureInfo.InvariantCulture, out var pid))
        {
            return CommandResults.Failure($"The process id of {node.Name} is not known.");
        }

        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
            return CommandResults.Success($"Killed {node.Name} (process {pid}). Start it again with its Start button.");
        }
        catch (ArgumentException)
        {
            return CommandResults.Failure($"{node.Name} (process {pid}) has already ended.");
        }
    }

    private static async Task<ExecuteCommandResult> KillContainerAsync(IRedisClusterNode node, CustomResourceSnapshot snapshot, CancellationToken cancellationToken)
    {
        if (Property(snapshot, ContainerProperty) is not { Length: > 0 } container || node.Cluster.Setup.EngineCommand is not { } engine)
        {
            return CommandResults.Failure($"The container of {node.Name} is not known.");
        }

        var kill = await new ContainerEngine(engine).KillAsync(container, cancellationToken);
        return kill.Succeeded
            ? CommandResults.Success($"Killed {node.Name}. Start it again with its Start button.")
            : CommandResults.Failure($"{kill.Command}: {kill.Reason}");
    }

    private static string? Property(CustomResourceSnapshot snapshot, string name) =>
        Convert.ToString(snapshot.Properties.FirstOrDefault(property => property.Name == name)?.Value, CultureInfo.InvariantCulture);
}
