using CsCheck;
using RedisCluster.Planning;
using RedisCluster.Topology;
using Xunit;

namespace UnitTests.Planning;

public sealed class SlotBalancing
{
    [Fact]
    public void NewClusterGetsTheRangesThatEverybodyKnows()
    {
        var balance = SlotBalancer.Balance([SlotSet.Empty, SlotSet.Empty, SlotSet.Empty], 3);
        Assert.Equal(["0-5460", "5461-10922", "10923-16383"], balance.Added.Select(slots => slots.ToString()));
        Assert.Empty(balance.Transfers);
    }

    [Fact]
    public void SharesDifferByOneAtMostAndNoSlotMovesInVain() => Any.Sample(
        (layout, shares) =>
        {
            shares = Math.Min(shares, layout.Length);
            var balance = SlotBalancer.Balance(layout, shares);
            var after = layout.Select((slots, owner) => slots.Union(balance.Added[owner])).ToArray();
            foreach (var transfer in balance.Transfers)
            {
                Assert.True(transfer.Slots.IsSubsetOf(after[transfer.From]));
                after[transfer.From] = after[transfer.From].Except(transfer.Slots);
                after[transfer.To] = after[transfer.To].Union(transfer.Slots);
            }

            var counts = after.Take(shares).Select(slots => slots.Count).ToArray();
            Assert.Equal(SlotSet.SlotCount, counts.Sum());
            Assert.InRange(counts.Max() - counts.Min(), 0, 1);

            // Whoever has more than the larger share gives the rest; larger shares go to those who have one, as far as there are any.
            var (share, larger) = (SlotSet.SlotCount / shares, SlotSet.SlotCount % shares);
            var above = layout.Take(shares).Count(slots => slots.Count > share);
            var minimum = layout.Skip(shares).Sum(slots => slots.Count)
                + layout.Take(shares).Sum(slots => Math.Max(0, slots.Count - share)) - Math.Min(above, larger);
            Assert.Equal(minimum, balance.Transfers.Sum(transfer => transfer.Slots.Count));
        },
        iter: 200);

    /// <summary>Up to eight owners of random ranges, with slots that nobody has.</summary>
    private static Gen<(SlotSet[] Layout, int Shares)> Any { get; } = Gen.Select(
        Gen.Int[1, 8].SelectMany(owners => Gen.Int[0, SlotSet.SlotCount - 1].Array[0, 20].SelectMany(cuts => Gen.Int[-1, owners - 1].Array[cuts.Length + 1].Select(to =>
        {
            int[] borders = [0, .. cuts.Order(), SlotSet.SlotCount];
            return Enumerable.Range(0, owners)
                .Select(owner => SlotSet.Of(to.Index().Where(pair => pair.Item == owner && borders[pair.Index] < borders[pair.Index + 1])
                    .Select(pair => new SlotRange(borders[pair.Index], borders[pair.Index + 1] - 1))))
                .ToArray();
        }))),
        Gen.Int[1, 8]);
}
