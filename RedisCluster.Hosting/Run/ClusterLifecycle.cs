using System.Threading.Channels;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace RedisCluster.Hosting.Run;

/// <summary>
/// The states of the cluster resource: "Forming" until the initializer exits with 0, then "Running", again with each
/// rerun; FailedToStart with the reason when it fails or a node ends before. Watches instead of waiting for completion,
/// which would keep the first failure for ever.
/// </summary>
internal sealed class ClusterLifecycle(RedisClusterResource cluster, ClusterWatch watch, InitializeResourceEvent started) : IDisposable
{
    private const string Forming = "Forming";
    private readonly ResourceNotificationService _notifications = started.Notifications;
    private readonly ILogger _logger = started.Logger;
    private readonly SemaphoreSlim _oneTransition = new(1);
    private readonly Channel<bool> _formed = Channel.CreateUnbounded<bool>();
    private readonly Dictionary<IRedisClusterNode, NodeRole?> _shownRoles = [];
    private string? _shownSummary;
    private HealthStatus? _lastHealth;
    private string? _state;

    /// <summary>Runs until the AppHost stops. No part of it ends in silence: each is reported and begun again when it fails.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var startTime = DateTime.UtcNow;
        await _notifications.PublishUpdateAsync(cluster, snapshot => snapshot with { StartTimeStamp = startTime });
        if (cluster.Initializer is null)
        {
            // It exists; its health says how it is.
            foreach (var node in cluster.Nodes)
            {
                watch.SetRunning(node, isRunning: true);
            }

            await EnterAsync(Running);
        }
        else
        {
            await EnterAsync(ForAMoment(Forming));
        }

        var supervisor = new Supervisor(_logger, TimeProvider.System);
        await Task.WhenAll(
            supervisor.RunAsync("Publishing the connection string", $"resources that reference {cluster.Name} do not start", OfferConnectionStringAsync, cancellationToken),
            supervisor.RunAsync("Following the resources", $"the state of {cluster.Name} does not change when nodes and initializer do", FollowResourcesAsync, cancellationToken),
            supervisor.RunAsync("Watching the nodes", $"roles, slots and health of {cluster.Name} in the dashboard are old", token => watch.RunAsync(ShowAsync, token), cancellationToken),
            supervisor.RunAsync("Following the ends of resources", "AppHost's console does not say when one ends", new UnexpectedEnds(cluster, started).RunAsync, cancellationToken),
            supervisor.RunAsync("Removing nodes of an earlier shape", "they stay", RemoveNodesAsync, cancellationToken));
    }

    public void Dispose() => _oneTransition.Dispose();

    private Task OfferConnectionStringAsync(CancellationToken cancellationToken) =>
        started.Eventing.PublishAsync(new ConnectionStringAvailableEvent(cluster, started.Services), cancellationToken);

    private async Task RemoveNodesAsync(CancellationToken cancellationToken)
    {
        while (await _formed.Reader.WaitToReadAsync(cancellationToken))
        {
            await new NodeRemoval(cluster, watch, _notifications, started.Services.GetRequiredService<ResourceCommandService>(), _logger).RunAsync(cancellationToken);
            _formed.Reader.TryRead(out _);
        }
    }

    private async Task FollowResourcesAsync(CancellationToken cancellationToken)
    {
        // Begins with the latest state of each resource, so that nothing is missed when this begins again.
        await foreach (var change in _notifications.WatchAsync(cancellationToken))
        {
            if (change.Resource is IRedisClusterNode node && cluster.Nodes.Contains(node))
            {
                await FollowNodeAsync(node, change.Snapshot);
            }
            else if (change.Resource == cluster.Initializer)
            {
                await FollowInitializerAsync(change.Snapshot);
            }
        }

        throw new InvalidOperationException("The stream of resource changes ended before the AppHost did.");
    }

    private async Task FollowNodeAsync(IRedisClusterNode node, CustomResourceSnapshot snapshot)
    {
        watch.SetRunning(node, snapshot.State?.Text == KnownResourceStates.Running);

        // The initializer would wait for this node for ever, or until its deadline with a poorer reason.
        if (IsTerminal(snapshot))
        {
            using var turn = await TakeTurnAsync();
            if (_state == Forming)
            {
                await FailAsync($"{node.Name} {Ending(snapshot)} before the cluster was formed. Its log says why. Start it again, then use the command \"{ClusterCommands.RunInitializerTitle}\" of {cluster.Name}.");
            }
        }
    }

    private async Task FollowInitializerAsync(CustomResourceSnapshot snapshot)
    {
        using var turn = await TakeTurnAsync();
        var state = snapshot.State?.Text;
        if (state == KnownResourceStates.Running && _state != Forming)
        {
            await EnterAsync(ForAMoment(Forming));
        }
        else if (_state == Forming && IsTerminal(snapshot) && (snapshot.ExitCode is not null || state == KnownResourceStates.FailedToStart))
        {
            if (snapshot.ExitCode == 0)
            {
                _lastHealth = null;
                await EnterAsync(Running);
                Log.Formed(_logger, cluster.Name);
                _formed.Writer.TryWrite(true);
            }
            else
            {
                await FailAsync($"{cluster.Initializer!.Name} {Ending(snapshot)}. Its log says what it expected and what it found. Run it again with the command \"{ClusterCommands.RunInitializerTitle}\" of {cluster.Name}.");
            }
        }
    }

    private async Task ShowAsync(ClusterStatus status)
    {
        foreach (var node in status.Answers.Select(answer => answer.Node))
        {
            var role = status.Roles.GetValueOrDefault(node);
            var shown = _shownRoles.GetValueOrDefault(node);
            if (role is null ? shown is not null : !role.ShowsAs(shown))
            {
                await NodeAppearance.ShowAsync(_notifications, node, role);
                _shownRoles[node] = role;
            }
        }

        if (status.Summary != _shownSummary)
        {
            await _notifications.PublishUpdateAsync(cluster, snapshot => snapshot with
            {
                Properties = [.. snapshot.Properties.Where(property => property.Name != CustomResourceKnownProperties.Source),
                    new ResourcePropertySnapshot(CustomResourceKnownProperties.Source, status.Summary)],
            });
            _shownSummary = status.Summary;
        }

        await RecheckOnChangeAsync(status);
    }

    // Health checks of a healthy resource run every 30 s. A change of the state text runs them at once.
    private async Task RecheckOnChangeAsync(ClusterStatus status)
    {
        using var turn = await TakeTurnAsync();
        var (health, text) = status.Health();
        if (_lastHealth is not null && health != _lastHealth && _state == KnownResourceStates.Running)
        {
            Log.HealthChanged(_logger, health == HealthStatus.Healthy ? LogLevel.Information : LogLevel.Warning, cluster.Name, health, text);
            await ShowStateAsync(ForAMoment(health == HealthStatus.Unhealthy ? "Failing over" : "Changing"));
            await ShowStateAsync(Running);
        }

        _lastHealth = health;
    }

    private Task FailAsync(string reason)
    {
        Log.NotFormed(_logger, reason);
        return EnterAsync(new ResourceStateSnapshot(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error));
    }

    private async Task<IDisposable> TakeTurnAsync()
    {
        await _oneTransition.WaitAsync();
        return new Turn(_oneTransition);
    }

    private sealed class Turn(SemaphoreSlim taken) : IDisposable
    {
        public void Dispose() => taken.Release();
    }

    // Shown first: when that fails, the change is made again.
    private async Task EnterAsync(ResourceStateSnapshot state)
    {
        await ShowStateAsync(state);
        _state = state.Text;
    }

    private Task ShowStateAsync(ResourceStateSnapshot state) => _notifications.PublishUpdateAsync(cluster, snapshot => snapshot with { State = state });

    private static ResourceStateSnapshot Running => new(KnownResourceStates.Running, KnownResourceStateStyles.Success);

    private static ResourceStateSnapshot ForAMoment(string text) => new(text, KnownResourceStateStyles.Info);

    internal static bool IsTerminal(CustomResourceSnapshot snapshot) =>
        snapshot.State is { Text: { } text } && KnownResourceStates.TerminalStates.Contains(text);

    internal static string Ending(CustomResourceSnapshot snapshot) =>
        snapshot.ExitCode is { } exitCode ? $"ended with exit code {exitCode}" : $"is {snapshot.State?.Text}";
}
