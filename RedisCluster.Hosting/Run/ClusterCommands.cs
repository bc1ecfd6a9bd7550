using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace RedisCluster.Hosting.Run;

/// <summary>The buttons of the cluster: what it looks like, where a key lives, and bringing it to its wanted form again.</summary>
internal static class ClusterCommands
{
    public const string RunInitializerTitle = "Run initializer";

    public static void Add(IResourceBuilder<RedisClusterResource> builder)
    {
        var cluster = builder.Resource;
        builder.WithCommand("topology", "Show topology", context => ShowTopologyAsync(cluster, context.CancellationToken), new CommandOptions
        {
            Description = "Asks every node for its role, slots and keys.",
            IconName = "Table",
            IsHighlighted = true,
            UpdateState = state => IsStarted(state.ResourceSnapshot) ? ResourceCommandState.Enabled : ResourceCommandState.Disabled,
        });
        builder.WithCommand("find-key", "Find key", context => FindKeyAsync(cluster, context.Arguments["key"].Value ?? "", context.CancellationToken), new CommandOptions
        {
            Description = "Says which slot a key has and which node serves it.",
            IconName = "Search",
            Arguments = [new InteractionInput { Name = "key", Label = "Key", InputType = InputType.Text, Required = true }],
            UpdateState = state => IsStarted(state.ResourceSnapshot) ? ResourceCommandState.Enabled : ResourceCommandState.Disabled,
        });
        builder.WithCommand("run-initializer", RunInitializerTitle, context => RunInitializerAsync(cluster, context), new CommandOptions
        {
            Description = "Brings the nodes to the wanted form again: heals what is broken, does nothing when all is well.",
            IconName = "Wrench",
            UpdateState = state => cluster.Initializer is null ? ResourceCommandState.Hidden
                : CanRunInitializer(state.ResourceSnapshot) ? ResourceCommandState.Enabled : ResourceCommandState.Disabled,
        });
    }

    internal static bool CanRunInitializer(CustomResourceSnapshot snapshot) =>
        snapshot.State?.Text is { } state && (state == KnownResourceStates.Running || state == KnownResourceStates.FailedToStart);

    private static bool IsStarted(CustomResourceSnapshot snapshot) => snapshot.State?.Text is { } state && state != KnownResourceStates.NotStarted;

    private static async Task<ExecuteCommandResult> ShowTopologyAsync(RedisClusterResource cluster, CancellationToken cancellationToken)
    {
        var watch = cluster.Setup.Watch;
        var view = await watch.ObserveAsync(cancellationToken);
        var keys = await Task.WhenAll(cluster.Nodes.Select(node => CountKeysAsync(watch, node, view, cancellationToken)));
        return Report(view.Health().Text, TopologyTable.Markdown(cluster, view, keys));
    }

    private static async Task<ExecuteCommandResult> FindKeyAsync(RedisClusterResource cluster, string key, CancellationToken cancellationToken)
    {
        var watch = cluster.Setup.Watch;
        var view = await watch.ObserveAsync(cancellationToken);
        if (view.Roles.Count == 0)
        {
            return CommandResults.Failure("No node is reachable.");
        }

        try
        {
            var slot = (int)((await watch.Link(view.Roles.Keys.Min()).AskAsync(["CLUSTER", "KEYSLOT", key], cancellationToken)).Number ?? 0);
            if (view.OwnerOf(slot) is not { } owner)
            {
                return CommandResults.Failure($"The key has slot {slot}, which no reachable node serves.");
            }

            var exists = (await watch.Link(owner).AskAsync(["EXISTS", key], cancellationToken)).Number == 1;
            return Report($"Slot {slot}", $"| Key | Slot | Node | Exists |\n|---|---|---|---|\n| {TopologyTable.Cell(key)} | {slot} | {cluster.Node(owner)?.Name} | {(exists ? "yes" : "no")} |\n");
        }
        catch (Exception cause) when (cause is NodeErrorException or NodeUnreachableException)
        {
            return CommandResults.Failure(cause.Message);
        }
    }

    private static async Task<ExecuteCommandResult> RunInitializerAsync(RedisClusterResource cluster, ExecuteCommandContext context) =>
        await context.Services.GetRequiredService<ResourceCommandService>()
            .ExecuteCommandAsync(cluster.Initializer!, KnownResourceCommands.StartCommand, context.CancellationToken);

    private static async Task<long?> CountKeysAsync(ClusterWatch watch, IRedisClusterNode node, ClusterStatus view, CancellationToken cancellationToken)
    {
        try
        {
            return view.Roles.ContainsKey(node.Number) ? (await watch.Link(node.Number).AskAsync(["DBSIZE"], cancellationToken)).Number : null;
        }
        catch (Exception cause) when (cause is NodeErrorException or NodeUnreachableException)
        {
            // The node went away between two questions; the table shows it as such.
            return null;
        }
    }

    private static ExecuteCommandResult Report(string message, string markdown) =>
        CommandResults.Success(message, new CommandResultData { Value = markdown, Format = CommandResultFormat.Markdown, DisplayImmediately = true });
}
