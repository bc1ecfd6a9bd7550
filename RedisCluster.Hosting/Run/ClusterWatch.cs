using System.Collections.Concurrent;
using Aspire.Hosting.ApplicationModel;
using RedisCluster.Execution;
using RedisCluster.Planning;
using RedisCluster.Topology;
using RedisCluster.Wire;

namespace RedisCluster.Hosting.Run;

/// <summary>
/// Asks every running node twice a second what it is, over connections that stay open, and keeps what the nodes were last. Observes, never repairs.
/// </summary>
internal sealed class ClusterWatch(RedisClusterResource cluster) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PromotionTimeout = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<IRedisClusterNode, bool> _running = new();
    private readonly ConcurrentDictionary<IRedisClusterNode, NodeRole> _lastRoles = new();
    private NodeConnections? _connections;

    /// <summary>The role that a node had when it was last reached, kept while it is stopped.</summary>
    public NodeRole? LastRole(IRedisClusterNode node) => _lastRoles.GetValueOrDefault(node);

    /// <summary>Notes whether a node runs; nodes that do not are not asked.</summary>
    public void SetRunning(IRedisClusterNode node, bool isRunning) => _running[node] = isRunning;

    public static NodeAddress AddressOf(IRedisClusterNode node) => node.Setup.Reachable;

    /// <summary>Asks a node one question and waits a second for the answer.</summary>
    /// <exception cref="NodeException">The node does not answer, or with an error.</exception>
    public async Task<Reply> AskAsync(IRedisClusterNode node, object[] command, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerTimeout);
        var connections = await ConnectAsync(cancellationToken);
        try
        {
            return await connections.SendAsync(AddressOf(node), command, limit.Token);
        }
        catch (OperationCanceledException cause) when (!cancellationToken.IsCancellationRequested)
        {
            // Its answer may never come, and every further question would wait behind it.
            await connections.DropAsync(AddressOf(node));
            throw new NodeUnreachableException(AddressOf(node), $"no answer within {AnswerTimeout.TotalSeconds:0} s", cause);
        }
    }

    /// <summary>Makes a replica the primary of its shard.</summary>
    /// <exception cref="NodeException">It does not answer, refuses, or is still a replica after ten seconds.</exception>
    public Task PromoteAsync(IRedisClusterNode replica, FailOverMode mode, CancellationToken cancellationToken) =>
        Failover.OrderAsync(AddressOf(replica), (command, limit) => AskAsync(replica, command, limit), mode, PromotionTimeout, cancellationToken);

    /// <summary>Asks all nodes that run, at once.</summary>
    public async Task<ClusterStatus> ObserveAsync(CancellationToken cancellationToken)
    {
        var status = new ClusterStatus(await Task.WhenAll(cluster.Nodes.Select(node => ObserveAsync(node, cancellationToken))));
        foreach (var (node, role) in status.Roles)
        {
            _lastRoles[node] = role;
        }

        return status;
    }

    /// <summary>Observes until cancelled and reports every status.</summary>
    public async Task RunAsync(Func<ClusterStatus, Task> onObserved, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval);
        do
        {
            await onObserved(await ObserveAsync(cancellationToken));
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _connections, null) is { } connections)
        {
            await connections.DisposeAsync();
        }
    }

    private async Task<NodeAnswer> ObserveAsync(IRedisClusterNode node, CancellationToken cancellationToken)
    {
        if (!_running.GetValueOrDefault(node))
        {
            return new NodeAnswer(node);
        }

        try
        {
            var nodes = await AskAsync(node, ["CLUSTER", "NODES"], cancellationToken);
            var replication = await AskAsync(node, ["INFO", "replication"], cancellationToken);
            var state = await AskAsync(node, ["CLUSTER", "INFO"], cancellationToken);
            return new NodeAnswer(node, ClusterNodesReply.Parse(nodes.Text), new InfoReply(replication.Text).Replication, IsDown: new InfoReply(state.Text)["cluster_state"] == "fail");
        }
        catch (NodeUnreachableException unreachable)
        {
            return new NodeAnswer(node, Problem: $"does not answer: {unreachable.Reason}");
        }
        catch (NodeRefusedException refused)
        {
            // LOADING, BUSY, WRONGPASS ...: the server's own words say what it is.
            return new NodeAnswer(node, Problem: $"answers {refused.Error}");
        }
        catch (FormatException odd)
        {
            return new NodeAnswer(node, Problem: $"gives an answer that is not understood: {odd.Message}");
        }
    }

    private async Task<NodeConnections> ConnectAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _connections) is { } connections)
        {
            return connections;
        }

        var created = new NodeConnections(user: null, await cluster.PasswordAsync(cancellationToken));
        return Interlocked.CompareExchange(ref _connections, created, null) ?? created;
    }
}
