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
    private readonly Channel<Func<Task>> _departures = Channel.CreateUnbounded<Func<Task>>();
    private HealthStatus? _lastHealth;
    private string? _state;

    /// <summary>Runs until the AppHost stops.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var startTime = DateTime.UtcNow;
        await EnterAsync(
            cluster.Initializer is null ? Running : ForAMoment(Forming),
            snapshot => snapshot with { StartTimeStamp = startTime });
        var available = started.Eventing.PublishAsync(new ConnectionStringAvailableEvent(cluster, started.Services), cancellationToken);
        await Task.WhenAll(available, FollowResourcesAsync(cancellationToken), watch.RunAsync(ShowAsync, cancellationToken), CompleteDeparturesAsync(cancellationToken));
    }

    public void Dispose() => _oneTransition.Dispose();

    private async Task CompleteDeparturesAsync(CancellationToken cancellationToken)
    {
        await foreach (var complete in _departures.Reader.ReadAllAsync(cancellationToken))
        {
            await complete();
        }
    }

    private async Task FollowResourcesAsync(CancellationToken cancellationToken)
    {
        await foreach (var change in _notifications.WatchAsync(cancellationToken))
        {
            if (change.Resource is IRedisClusterNode node && cluster.Nodes.Contains(node))
            {
                await FollowNodeAsync(node, change.Snapshot);
            }
            else if (change.Resource == cluster.Initializer)
            {
                await FollowInitializerAsync(change.Snapshot, cancellationToken);
            }
        }
    }

    private async Task FollowNodeAsync(IRedisClusterNode node, CustomResourceSnapshot snapshot)
    {
        var isRunning = snapshot.State?.Text == KnownResourceStates.Running;
        var ended = IsTerminal(snapshot);
        watch.Running(node, isRunning);
        if (!isRunning && snapshot.Properties.Any(property => property.Name == NodeAppearance.RoleProperty))
        {
            await NodeAppearance.ShowAsync(_notifications, node, role: null);
        }

        // The initializer would wait for this node for ever, or until its deadline with a poorer reason.
        if (ended && cluster.Initializer is not null)
        {
            using var turn = await TakeTurnAsync();
            if (_state == Forming)
            {
                await FailAsync($"{node.Name} {Ending(snapshot)} before the cluster was formed. Its log says why; start it again, then use the command \"{ClusterCommands.RunInitializerTitle}\" of {cluster.Name}.");
            }
        }
    }

    private async Task FollowInitializerAsync(CustomResourceSnapshot snapshot, CancellationToken cancellationToken)
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
                // Before anyone counts nodes again: those that left are not missing.
                var departure = new NodeRemoval(cluster, _notifications, started.Services.GetRequiredService<ResourceCommandService>(), _logger);
                var left = await departure.BeginAsync(cancellationToken);
                _lastHealth = null;
                await EnterAsync(Running);
                Log.Formed(_logger, cluster.Name);
                await _departures.Writer.WriteAsync(() => departure.CompleteAsync(left, cancellationToken), cancellationToken);
            }
            else
            {
                await FailAsync($"{cluster.Initializer!.Name} {Ending(snapshot)}. Its log says what it expected and found; run it again with the command \"{ClusterCommands.RunInitializerTitle}\" of {cluster.Name}.");
            }
        }
    }

    private async Task ShowAsync(ClusterStatus? before, ClusterStatus view)
    {
        foreach (var node in cluster.Nodes)
        {
            var role = view.Roles.GetValueOrDefault(node.Number);
            if (role != before?.Roles.GetValueOrDefault(node.Number))
            {
                await NodeAppearance.ShowAsync(_notifications, node, role);
            }
        }

        if (view.Summary != before?.Summary)
        {
            await _notifications.PublishUpdateAsync(cluster, snapshot => snapshot with
            {
                Properties = [.. snapshot.Properties.Where(property => property.Name != CustomResourceKnownProperties.Source),
                    new ResourcePropertySnapshot(CustomResourceKnownProperties.Source, view.Summary)],
            });
        }

        await RecheckOnChangeAsync(view);
    }

    // Health checks of a healthy resource run every 30 s. A change of the state text runs them at once.
    private async Task RecheckOnChangeAsync(ClusterStatus view)
    {
        using var turn = await TakeTurnAsync();
        var (health, text) = view.Health();
        var changed = _lastHealth is not null && health != _lastHealth;
        _lastHealth = health;
        if (changed && _state == KnownResourceStates.Running)
        {
            Log.HealthChanged(_logger, health == HealthStatus.Healthy ? LogLevel.Information : LogLevel.Warning, health, text);
            await EnterAsync(ForAMoment(health == HealthStatus.Unhealthy ? "Failing over" : "Changing"));
            await EnterAsync(Running);
        }
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

    private Task EnterAsync(ResourceStateSnapshot state, Func<CustomResourceSnapshot, CustomResourceSnapshot>? more = null)
    {
        _state = state.Text;
        return _notifications.PublishUpdateAsync(cluster, snapshot => (more?.Invoke(snapshot) ?? snapshot) with { State = state });
    }

    private static ResourceStateSnapshot Running => new(KnownResourceStates.Running, KnownResourceStateStyles.Success);

    private static ResourceStateSnapshot ForAMoment(string text) => new(text, KnownResourceStateStyles.Info);

    private static bool IsTerminal(CustomResourceSnapshot snapshot) =>
        snapshot.State is { Text: { } text } && KnownResourceStates.TerminalStates.Contains(text);

    private static string Ending(CustomResourceSnapshot snapshot) =>
        snapshot.ExitCode is { } exitCode ? $"ended with exit code {exitCode}" : $"is {snapshot.State?.Text}";
}
