using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using static Aspire.Hosting.ApplicationModel.KnownResourceStates;

namespace Aspire.Hosting.Orchestration;

/// <summary>The commands start, stop and restart of whatever runs.</summary>
internal static class LifecycleCommands
{
    public static void AddTo(IResource resource)
    {
        if (resource is not IComputeResource)
        {
            return;
        }

        Add(resource, KnownResourceCommands.StartCommand, "Start", "Start resource", "Play", IconVariant.Filled, isHighlighted: true, StartState, StartAsync);
        Add(resource, KnownResourceCommands.StopCommand, "Stop", "Stop resource", "Stop", IconVariant.Filled, isHighlighted: true, StopState, StopAsync);
        Add(resource, KnownResourceCommands.RestartCommand, "Restart", "Restart resource", "ArrowCounterclockwise", IconVariant.Regular, isHighlighted: false, RestartState, async (starter, target, cancellationToken) =>
        {
            await StopAsync(starter, target, cancellationToken);
            return await StartAsync(starter, target, cancellationToken);
        });
    }

    private static ResourceCommandState StartState(string? state) =>
        IsStopped(state) || state == Waiting ? ResourceCommandState.Enabled
        : state is null || state == Starting || state == RuntimeUnhealthy ? ResourceCommandState.Disabled
        : ResourceCommandState.Hidden;

    private static ResourceCommandState StopState(string? state) =>
        state == Stopping ? ResourceCommandState.Disabled
        : IsRunning(state) ? ResourceCommandState.Enabled
        : ResourceCommandState.Hidden;

    private static ResourceCommandState RestartState(string? state) =>
        state != Stopping && IsRunning(state) ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;

    // A resource of which nothing is known is as good as stopped: it can be started.
    private static bool IsStopped(string? state) => TerminalStates.Contains(state) || state == NotStarted || state == "Unknown";

    private static bool IsRunning(string? state) => !IsStopped(state) && state is not null && state != Starting && state != Waiting && state != RuntimeUnhealthy;

    private static async Task<ExecuteCommandResult> StartAsync(ResourceStarter starter, IResource resource, CancellationToken cancellationToken) =>
        await starter.StartAsync(resource, cancellationToken)
            ? CommandResults.Success($"Resource '{resource.Name}' started.")
            : CommandResults.Failure($"Resource '{resource.Name}' failed to start: its log tells why.");

    private static async Task<ExecuteCommandResult> StopAsync(ResourceStarter starter, IResource resource, CancellationToken cancellationToken)
    {
        await starter.StopAsync(resource, cancellationToken);
        return CommandResults.Success($"Resource '{resource.Name}' stopped.");
    }

    private static void Add(
        IResource resource,
        string name,
        string displayName,
        string description,
        string iconName,
        IconVariant iconVariant,
        bool isHighlighted,
        Func<string?, ResourceCommandState> state,
        Func<ResourceStarter, IResource, CancellationToken, Task<ExecuteCommandResult>> execute)
    {
        if (resource.Annotations.OfType<ResourceCommandAnnotation>().Any(command => command.Name == name))
        {
            return;
        }

        resource.Annotations.Add(new ResourceCommandAnnotation(
            name,
            displayName,
            context => state(context.ResourceSnapshot.State?.Text),
            context => execute(context.Services.GetRequiredService<ResourceStarter>(), resource, context.CancellationToken),
            description,
            arguments: null,
            confirmationMessage: null,
            iconName,
            iconVariant,
            isHighlighted));
    }
}
