using System.Collections.Immutable;
using RedisCluster.Topology;

namespace RedisCluster.Planning;

/// <summary>How many slots move from one owner to another; indexes into the list that was balanced.</summary>
internal sealed record SlotTransfer(int From, int To, SlotSet Slots);

/// <summary>What to do so that all slots are owned and the shares differ by one at most.</summary>
/// <param name="Added">By owner: slots without owner that it gets.</param>
/// <param name="Transfers">Slots that change their owner: as few as the shares allow.</param>
internal sealed record SlotBalance(ImmutableArray<SlotSet> Added, ImmutableArray<SlotTransfer> Transfers);

/// <summary>Deterministic, and minimal: no owner gives a slot and gets another, and the larger shares stay where the most slots are.</summary>
internal static class SlotBalancer
{
    /// <param name="owned">By owner: the slots it has; disjoint.</param>
    /// <param name="shares">How many of the owners, the first ones, share the slots; the others are drained.</param>
    public static SlotBalance Balance(IReadOnlyList<SlotSet> owned, int shares)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shares);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shares, owned.Count);
        var quotas = Quotas(owned, shares);

        // Slots without an owner first: they cost nothing. Ranges in order, so that a new cluster gets 0-5460, 5461-10922, 10923-16383.
        var free = owned.Aggregate(SlotSet.Empty, (all, slots) => all.Union(slots)).Complement();
        var added = new SlotSet[owned.Count];
        for (var owner = 0; owner < owned.Count; owner++)
        {
            added[owner] = free.Lowest(Math.Max(0, quotas[owner] - owned[owner].Count));
            free = free.Except(added[owner]);
        }

        return new SlotBalance([.. added], Transfers(owned, quotas, added));
    }

    private static ImmutableArray<SlotTransfer> Transfers(IReadOnlyList<SlotSet> owned, int[] quotas, SlotSet[] added)
    {
        var transfers = ImmutableArray.CreateBuilder<SlotTransfer>();
        var surplus = owned.Select((slots, owner) => slots.Highest(Math.Max(0, slots.Count - quotas[owner]))).ToArray();
        for (var (from, to) = (0, 0); from < owned.Count && to < owned.Count;)
        {
            var wanted = quotas[to] - owned[to].Count - added[to].Count - transfers.Where(transfer => transfer.To == to).Sum(transfer => transfer.Slots.Count);
            if (wanted <= 0)
            {
                to++;
            }
            else if (surplus[from].IsEmpty)
            {
                from++;
            }
            else
            {
                var slots = surplus[from].Lowest(wanted);
                surplus[from] = surplus[from].Except(slots);
                transfers.Add(new SlotTransfer(from, to, slots));
            }
        }

        return transfers.DrainToImmutable();
    }

    private static int[] Quotas(IReadOnlyList<SlotSet> owned, int shares)
    {
        var quotas = new int[owned.Count];
        Array.Fill(quotas, SlotSet.SlotCount / shares, 0, shares);

        // A larger share where most slots are saves a move; among equals it is where rounding would put it in a new cluster.
        var larger = Enumerable.Range(0, shares)
            .OrderByDescending(owner => owned[owner].Count > quotas[owner])
            .ThenByDescending(owner => Boundary(owner + 1, shares) - Boundary(owner, shares))
            .ThenBy(owner => owner)
            .Take(SlotSet.SlotCount % shares);
        foreach (var owner in larger)
        {
            quotas[owner]++;
        }

        return quotas;
    }

    private static int Boundary(int owner, int shares) => (int)Math.Round((double)owner * SlotSet.SlotCount / shares, MidpointRounding.AwayFromZero);
}
