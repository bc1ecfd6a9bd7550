using System.Collections.Concurrent;
using Aspire.Hosting.ApplicationModel;

namespace RedisCluster.Hosting.Run;

/// <summary>
/// Asks every running node twice a second what it is, over connections that stay open, and shows the answers in the
/// dashboard: role and slots of each node, the summary of the cluster. Observes, never repairs.
/// </summary>
internal sealed class ClusterWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private readonly RedisClusterResource _cluster;
    private readonly ConcurrentDictionary<int, NodeLink> _links = new();
    private readonly ConcurrentDictionary<int, bool> _running = new();
    private readonly ConcurrentDictionary<int, NodeRole> _lastRoles = new();

    public ClusterWatch(RedisClusterResource cluster) => _cluster = cluster;

    /// <summary>The latest view; null before the first.</summary>
    public ClusterStatus? Latest { get; private set; }

    /// <summary>The role a node had when it was last reached, kept while it is stopped.</summary>
    public NodeRole? LastRole(int number) => _lastRoles.GetValueOrDefault(number);

    public NodeLink Link(int number) =>
        _links.GetOrAdd(number, _ => new NodeLink(_cluster.Node(number) ?? throw new ArgumentOutOfRangeException(nameof(number), number, $"{_cluster.Name} has no such node.")));

    /// <summary>Notes whether a node runs; nodes that do not are not asked.</summary>
    public void Running(IRedisClusterNode node, bool isRunning) => _running[node.Number] = isRunning;

    /// <summary>Asks all nodes that run, at once.</summary>
    public async Task<ClusterStatus> ObserveAsync(CancellationToken cancellationToken)
    {
        var nodes = _cluster.Nodes;
        var asked = nodes.Where(node => _running.GetValueOrDefault(node.Number)).ToList();
        var answers = await Task.WhenAll(asked.Select(node => AskAsync(node, cancellationToken)));
        var views = asked.Zip(answers).Where(pair => pair.Second is not null).ToDictionary(pair => pair.First.Number, pair => pair.Second!);
        var view = new ClusterStatus(nodes.Select(node => node.Number), views, number => nodes.First(node => node.Number == number).Name);
        foreach (var (number, role) in view.Roles)
        {
            _lastRoles[number] = role;
        }

        return Latest = view;
    }

    /// <summary>Observes until cancelled and tells when something changed.</summary>
    public async Task RunAsync(Func<ClusterStatus?, ClusterStatus, Task> onObserved, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval);
        ClusterStatus? before = null;
        do
        {
            var view = await ObserveAsync(cancellationToken);
            await onObserved(before, view);
            before = view;
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var link in _links.Values)
        {
            await link.DisposeAsync();
        }
    }

    // A node that is starting, stopping or loading has no view; the health check says which of these it is.
    private async Task<NodeView?> AskAsync(IRedisClusterNode node, CancellationToken cancellationToken)
    {
        try
        {
            var nodes = await Link(node.Number).AskAsync(["CLUSTER", "NODES"], cancellationToken);
            var replication = await Link(node.Number).AskAsync(["INFO", "replication"], cancellationToken);
            return NodeView.Parse(nodes.Text, replication.Text);
        }
        catch (Exception cause) when (cause is NodeUnreachableException or NodeErrorException)
        {
            return null;
        }
    }
}
