using System.Collections.Immutable;
using RedisCluster.Planning;
using RedisCluster.Wire;

namespace RedisCluster.Testing;

/// <content>Waits, each with the sentence that explains its failure.</content>
public sealed partial class RedisClusterServers
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// Waits until every node is ready: all answer, know one another and agree on the owner of each slot, and each shard has its replicas in sync. Who is primary and how the
    /// slots are spread does not matter.
    /// </summary>
    /// <exception cref="ExpectationException">It was not so within <see cref="RedisClusterServersOptions.Deadline"/>; the message says what was missing, node by node.</exception>
    public async Task WaitUntilReadyAsync(CancellationToken cancellationToken = default)
    {
        var wanted = Wanted() with { IsAsFound = true };
        ImmutableArray<BrokenInvariant> broken = [];
        var isReady = await Until.HoldsAsync(
            async token => (broken = Invariants.Check(await _observer.ObserveAsync(wanted.Nodes, TimeSpan.Zero, token), wanted)).IsEmpty,
            _options.Deadline,
            Pause,
            TimeProvider.System,
            cancellationToken);
        if (!isReady)
        {
            throw await FailedAsync("every node is ready", string.Join("; ", broken));
        }
    }

    /// <summary>Waits until another node owns the slots that this one owned when it was killed, hung, cut off or told to hand over, and every node that answers knows it.</summary>
    /// <param name="primary">The primary that was lost.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The new primary.</returns>
    /// <exception cref="ExpectationException">Nobody took over within <see cref="RedisClusterServersOptions.Deadline"/>, or the node never was a primary.</exception>
    public async Task<RedisNode> WaitForFailoverAsync(RedisNode primary, CancellationToken cancellationToken = default)
    {
        if (!_owned.TryGetValue(Own(primary), out var slots))
        {
            throw new ExpectationException($"Expected {primary} to have been a primary when something was done to it, found that it was not, or that nothing was.");
        }

        RedisNode? promoted = null;
        await WaitAsync(
            $"a replica takes over slots {slots} of {primary}",
            sight =>
            {
                var owner = sight.Owner(slots.First());
                promoted = owner is null ? null : NodeOf(owner);
                return owner is { ClusterStateOk: true } && promoted != primary && slots.IsSubsetOf(owner.Slots) && sight.IsKnownToAll(owner, slots);
            },
            cancellationToken);
        return promoted!;
    }

    private async Task WaitAsync(string expectation, Func<ClusterSight, bool> condition, CancellationToken cancellationToken)
    {
        if (!await Until.HoldsAsync(async token => condition(await LookAsync(token)), _options.Deadline, Pause, TimeProvider.System, cancellationToken))
        {
            throw await FailedAsync(expectation, found: "");
        }
    }

    private async Task<ExpectationException> FailedAsync(string expectation, string found) =>
        new($"Expected within {_options.Deadline.TotalSeconds:0.#} s: {expectation}. Found: {found}\n{await DescribeAsync()}");
}
