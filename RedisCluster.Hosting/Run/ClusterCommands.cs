using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using RedisCluster.Wire;

namespace RedisCluster.Hosting.Run;

/// <summary>The buttons of the cluster: what it looks like, where a key lives, and bringing it to its wanted form again.</summary>
internal static class ClusterCommands
{
    public const string RunInitializerTitle = "Run initializer";

    public static void Add(IResourceBuilder<RedisClusterResource> builder, ClusterWatch watch)
    {
        var cluster = builder.Resource;
        builder.WithCommand("topology", "Show topology", context => ShowTopologyAsync(watch, context.CancellationToken), new CommandOptions
        {
            Description = "Asks every node for its role, slots and keys.",
            IconName = "Table",
            IsHighlighted = true,
            UpdateState = state => IsStarted(state.ResourceSnapshot) ? ResourceCommandState.Enabled : ResourceCommandState.Disabled,
        });
        builder.WithCommand("find-key", "Find key", context => FindKeyAsync(watch, context.Arguments["key"].Value ?? "", context.CancellationToken), new CommandOptions
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
            UpdateState = state => CanRunInitializer(state.ResourceSnapshot) ? ResourceCommandState.Enabled : ResourceCommandState.Disabled,
        });
    }

    internal static bool CanRunInitializer(CustomResourceSnapshot snapshot) =>
        snapshot.State?.Text is { } state && (state == KnownResourceStates.Running || state == KnownResourceStates.FailedToStart);

    private static bool IsStarted(CustomResourceSnapshot snapshot) => snapshot.State?.Text is { } state && state != KnownResourceStates.NotStarted;

    private static async Task<ExecuteCommandResult> ShowTopologyAsync(ClusterWatch watch, CancellationToken cancellationToken)
    {
        var status = await watch.ObserveAsync(cancellationToken);
        var keys = await Task.WhenAll(status.Answers.Select(answer => CountKeysAsync(watch, answer, cancellationToken)));
        return Report(status.Health().Text, TopologyTable.Markdown(status, keys));
    }

    private static async Task<ExecuteCommandResult> FindKeyAsync(ClusterWatch watch, string key, CancellationToken cancellationToken)
    {
        var status = await watch.ObserveAsync(cancellationToken);
        if (status.Answers.FirstOrDefault(answer => answer.Table is not null) is not { } reachable)
        {
            return CommandResults.Failure($"No node is reachable, so nobody can say where the key is: {status.Health().Text}.");
        }

        try
        {
            var slot = (int)(await watch.AskAsync(reachable.Node, ["CLUSTER", "KEYSLOT", key], cancellationToken)).Number;
            if (status.OwnerOf(slot) is not { } owner)
            {
                return CommandResults.Failure($"The key has slot {slot}, which no reachable node owns.");
            }

            var exists = (await watch.AskAsync(owner, ["EXISTS", key], cancellationToken)).Number == 1;
            return Report($"Slot {slot}", $"| Key | Slot | Node | Exists |\n|---|---|---|---|\n| {TopologyTable.Cell(key)} | {slot} | {owner.Name} | {(exists ? "yes" : "no")} |\n");
        }
        catch (NodeException cause)
        {
            return CommandResults.Failure(cause.Message);
        }
    }

    private static async Task<ExecuteCommandResult> RunInitializerAsync(RedisClusterResource cluster, ExecuteCommandContext context)
    {
        if (cluster.Initializer is not { } initializer)
        {
            return CommandResults.Failure($"{cluster.Name} is an existing cluster, which this AppHost neither forms nor heals.");
        }

        if (!context.Services.GetRequiredService<ResourceNotificationService>().TryGetCurrentState(cluster.Name, out var current) || !CanRunInitializer(current.Snapshot))
        {
            return CommandResults.Failure($"{cluster.Name} is {current?.Snapshot.State?.Text ?? KnownResourceStates.NotStarted}. The initializer can run again when it has ended.");
        }

        return await context.Services.GetRequiredService<ResourceCommandService>()
            .ExecuteCommandAsync(initializer, KnownResourceCommands.StartCommand, context.CancellationToken);
    }

    private static async Task<long?> CountKeysAsync(ClusterWatch watch, NodeAnswer answer, CancellationToken cancellationToken)
    {
        try
        {
            return answer.Table is null ? null : (await watch.AskAsync(answer.Node, ["DBSIZE"], cancellationToken)).Number;
        }
        catch (NodeException)
        {
            return null; // The node went away between two questions; its row is as it was a moment ago.
        }
    }

    private static ExecuteCommandResult Report(string message, string markdown) =>
        CommandResults.Success(message, new CommandResultData { Value = markdown, Format = CommandResultFormat.Markdown, DisplayImmediately = true });
}
