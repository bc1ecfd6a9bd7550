using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using RedisCluster.Execution;
using RedisCluster.Planning;
using RedisCluster.Topology;
using RedisCluster.Wire;

namespace RedisCluster.Testing;

/// <content>What happens to nodes and clusters.</content>
public sealed partial class RedisClusterServers
{
    // What nodes owned when something was done to them: afterwards nobody knows whose slots they were.
    private readonly ConcurrentDictionary<RedisNode, SlotSet> _owned = new();

    /// <summary>SIGKILL, as a crash: nothing is said to anyone, and nothing more is written to disk.</summary>
    public Task KillAsync(RedisNode node, CancellationToken cancellationToken = default) =>
        DoAsync($"{node} ends", Own(node), node.KillAsync, cancellationToken);

    /// <summary>SIGSTOP: the process stays, connections stay open, and nothing answers, as with a stopped machine or a cut network. Not on Windows.</summary>
    public Task HangAsync(RedisNode node, CancellationToken cancellationToken = default) =>
        DoAsync(
            $"{node} hangs",
            Own(node),
            _ =>
            {
                node.Hang();
                return Task.CompletedTask;
            },
            cancellationToken);

    /// <summary>A node that hangs goes on.</summary>
    public void Resume(RedisNode node) => Own(node).Resume();

    /// <summary>Killed, if it runs, and started again with its data and identity. Returns when it has read its data and answers.</summary>
    public Task RestartAsync(RedisNode node, CancellationToken cancellationToken = default) =>
        DoAsync($"{node} answers after a restart", Own(node), node.RestartAsync, cancellationToken);

    /// <summary>Killed, and started again without data and identity, as after the loss of its volume. <see cref="ReconcileAsync"/> brings it back into the cluster.</summary>
    public Task WipeAsync(RedisNode node, CancellationToken cancellationToken = default) =>
        DoAsync($"{node} answers after it lost its files", Own(node), node.WipeAsync, cancellationToken);

    /// <summary>
    /// Cuts these nodes off from all others, in both directions, for gossip and replication. Clients still reach both sides. A second call replaces the first. Needs
    /// <see cref="RedisClusterServersOptions.CanBePartitioned"/>.
    /// </summary>
    public async Task PartitionAsync(IEnumerable<RedisNode> nodes, CancellationToken cancellationToken = default)
    {
        var network = _network ?? throw new InvalidOperationException("Expected the cluster to be started with CanBePartitioned = true.");
        var cutOff = nodes.Select(Own).ToList();
        await NoteSlotsAsync(cutOff, cancellationToken);
        network.CutOff([.. cutOff.Select(node => Nodes.ToList().IndexOf(node))]);
    }

    /// <summary>Ends the partition.</summary>
    public void Heal() => _network?.CutOff([]);

    /// <summary>
    /// A replica takes over from a primary: the one that is in step, by handing over when the primary answers (nothing is lost), else by the votes of the others.
    /// </summary>
    /// <returns>The new primary, when every node that answers knows it.</returns>
    public async Task<RedisNode> FailOverAsync(RedisNode primary, CancellationToken cancellationToken = default)
    {
        var sight = await LookAsync(cancellationToken);
        var replica = sight.ReplicasOf(Own(primary)).MaxBy(node => node.Replication?.Offset ?? 0)
            ?? throw new ExpectationException($"Expected a replica of {primary} that answers, found none.\n{await DescribeAsync()}");
        var owners = sight.Owners.ToList();
        var mode = owners.Any(owner => NodeOf(owner) == primary) ? FailOverMode.Graceful : LostNodes.ModeOf(owners.Count, _options.Shards);
        await DoAsync(
            $"{replica.Announced} takes over from {primary}",
            primary,
            token => Failover.OrderAsync(
                replica.Announced, (command, send) => _connections.SendAsync(replica.Announced, command, send), mode, _options.Deadline, token),
            cancellationToken);
        return await WaitForFailoverAsync(primary, cancellationToken);
    }

    /// <summary>Moves slots with their keys to another primary, under whatever traffic there is.</summary>
    /// <param name="slots">The slots: <c>[await cluster.SlotOfAsync("key")]</c>, <c>Enumerable.Range(0, 100)</c>.</param>
    /// <param name="target">The new owner.</param>
    /// <param name="cancellationToken">Ends the move; what has moved stays, and <see cref="ReconcileAsync"/> finishes a slot that is half moved.</param>
    public async Task MoveSlotsAsync(IEnumerable<int> slots, RedisNode target, CancellationToken cancellationToken = default)
    {
        var moved = SlotSet.Of(slots);
        await DoAsync(
            $"slots {moved} move to {target}",
            Own(target),
            async token =>
            {
                var executor = Executor.Of(
                    _connections, new MoveProgress(TimeProvider.System, NullLogger.Instance), _options.Deadline / 3, TimeProvider.System, NullLogger.Instance);
                foreach (var source in (await LookAsync(token)).Owners.Where(owner => NodeOf(owner) != target && owner.Slots.Overlaps(moved)))
                {
                    var sight = await LookAsync(token);
                    var to = sight.Find(target) is { IsPrimary: true } found ? found : throw new ExpectationException($"Expected {target} to be a primary that answers.");
                    await executor.ExecuteAsync(SlotMoves.Move(sight.Observation, sight.Observation.Find(source.Id) ?? source, to, source.Slots.Intersect(moved)), token);
                }
            },
            cancellationToken);
        await WaitAsync(
            $"every node knows {target} as the owner of slots {moved}",
            sight => sight.Find(target) is { } owner && moved.IsSubsetOf(owner.Slots) && sight.IsKnownToAll(owner, moved),
            cancellationToken);
    }

    /// <summary>
    /// Does what ClusterInitializer does: brings the nodes to the wanted shape, whatever happened to them, or fails with the reason. Slots that were moved are balanced again.
    /// </summary>
    public async Task ReconcileAsync(CancellationToken cancellationToken = default)
    {
        var reconciler = Reconciler.Of(_connections, _options.Deadline, TimeProvider.System, NullLogger.Instance);
        var outcome = await reconciler.RunAsync(Wanted(), _options.Deadline, cancellationToken);
        if (outcome is not Outcome.Ready)
        {
            var reason = outcome is Outcome.Refused refused ? refused.Refusal.ToString() : outcome.ToString();
            throw new ExpectationException($"Expected within {_options.Deadline.TotalSeconds:0.#} s: {Wanted()}. Found: {reason}\n{await DescribeAsync()}");
        }
    }

    private async Task NoteSlotsAsync(IEnumerable<RedisNode> nodes, CancellationToken cancellationToken)
    {
        var sight = await LookAsync(cancellationToken);
        foreach (var node in nodes)
        {
            if (sight.Find(node) is { } seen && sight.SlotsOf(seen) is { IsEmpty: false } slots)
            {
                _owned[node] = slots;
            }
        }
    }

    private async Task DoAsync(string expectation, RedisNode node, Func<CancellationToken, Task> act, CancellationToken cancellationToken)
    {
        await NoteSlotsAsync([node], cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.Deadline);
        try
        {
            await act(limit.Token);
        }
        catch (NodeException exception)
        {
            throw new ExpectationException($"Expected: {expectation}. Found: {exception.Message}\n{await DescribeAsync()}", exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ExpectationException($"Expected within {_options.Deadline.TotalSeconds:0.#} s: {expectation}.\n{await DescribeAsync()}", exception);
        }
    }
}
