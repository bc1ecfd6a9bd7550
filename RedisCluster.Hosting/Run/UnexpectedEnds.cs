using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace RedisCluster.Hosting.Run;

/// <summary>
/// Says on AppHost's own console when a node, the initializer or a resource that references the cluster ends although nobody stopped it, with its last words: else
/// only the dashboard would know why nothing works.
/// </summary>
internal sealed class UnexpectedEnds(RedisClusterResource cluster, InitializeResourceEvent started)
{
    private const int LastLines = 5;
    private static readonly TimeSpan TimeForWords = TimeSpan.FromSeconds(1);
    private readonly ILogger _console = started.Services.GetRequiredService<ILoggerFactory>().CreateLogger("RedisCluster.Hosting");
    private readonly CancellationToken _stopping = started.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
    private readonly Dictionary<string, string?> _states = [];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var running = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping);
        try
        {
            await foreach (var change in started.Notifications.WatchAsync(running.Token))
            {
                await SeeAsync(change, running.Token);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Everything ends now, as it should.
        }
    }

    internal async Task SeeAsync(ResourceEvent change, CancellationToken cancellationToken)
    {
        var isKnown = _states.TryGetValue(change.ResourceId, out var before);
        _states[change.ResourceId] = change.Snapshot.State?.Text;
        if (isKnown && IsOfCluster(change.Resource) && HasEnded(change.Snapshot, before) && !IsSuccess(change))
        {
            Log.EndedUnexpectedly(_console, change.Resource.Name, ClusterLifecycle.Ending(change.Snapshot), await LastWordsAsync(change, cancellationToken));
        }
    }

    private bool IsOfCluster(IResource resource) =>
        resource == cluster.Initializer
            || resource is IRedisClusterNode node && node.Cluster == cluster
            || resource.Annotations.OfType<ResourceRelationshipAnnotation>().Any(relationship => relationship.Resource == cluster && relationship.Type == "Reference");

    // What is stopped by a command is seen as stopping first.
    private static bool HasEnded(CustomResourceSnapshot snapshot, string? before) =>
        ClusterLifecycle.IsTerminal(snapshot) && before != KnownResourceStates.Stopping && (before is null || !KnownResourceStates.TerminalStates.Contains(before));

    private bool IsSuccess(ResourceEvent change) => change.Resource == cluster.Initializer && change.Snapshot.ExitCode == 0;

    // They can come after the change of state that they explain, and nothing says which is the last.
    private async Task<string> LastWordsAsync(ResourceEvent change, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(TimeForWords);
        try
        {
            await foreach (var batch in started.Services.GetRequiredService<ResourceLoggerService>().WatchAsync(change.ResourceId).WithCancellation(time.Token))
            {
                lines.AddRange(batch.Select(line => WithoutTime(line.Content)).Where(IsOfResource));
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // What came by now is taken.
        }

        return lines.Count > 0 ? $"Its log ends with:\n{string.Join('\n', lines.TakeLast(LastLines))}" : "Its log is empty.";
    }

    // The orchestrator adds lines of its own.
    private static bool IsOfResource(string line) => !string.IsNullOrWhiteSpace(line) && !line.StartsWith("[sys] ", StringComparison.Ordinal);

    // 2026-11-29T08:30:00.1234567Z the line
    private static string WithoutTime(string line) =>
        line.IndexOf(' ', StringComparison.Ordinal) is > 0 and var end && DateTime.TryParse(line.AsSpan(0, end), CultureInfo.InvariantCulture, out _) ? line[(end + 1)..] : line;
}
