using RedisCluster.Client.Topology;

namespace SampleApi.Map;

/// <summary>Gives each shard the number that it had before: the one of the shard that had most of its nodes.</summary>
internal static class ShardNumbers
{
    /// <summary>A number for each of <paramref name="now"/>, in its order; new shards get the lowest numbers that no other has.</summary>
    internal static IReadOnlyList<int> Continue(IReadOnlyList<MapShard> before, IReadOnlyList<Shard> now)
    {
        var likeness = from old in before
                       from index in Enumerable.Range(0, now.Count)
                       let nodes = now[index].Nodes.Count(node => old.Nodes.Any(known => known.Id == node.Id && known.Role != MapNode.NoRole))
                       where nodes > 0
                       // A replica may have migrated to another shard: the primary weighs more than it.
                       orderby nodes + (now[index].Primary?.Id == old.Primary?.Id ? 1 : 0) descending, old.Number
                       select (old.Number, index);

        var numbers = new int[now.Count];
        foreach (var (number, index) in likeness)
        {
            if (numbers[index] == 0 && !numbers.Contains(number))
            {
                numbers[index] = number;
            }
        }

        for (var index = 0; index < numbers.Length; index++)
        {
            if (numbers[index] == 0)
            {
                numbers[index] = Enumerable.Range(1, now.Count + before.Count).First(number => !numbers.Contains(number));
            }
        }

        return numbers;
    }
}
