using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using RedisCluster.Topology;
using RedisCluster.Wire;

namespace RedisCluster.Execution;

/// <summary>The keys of slots as the mover needs them: counted, and in parts of a bounded size. Scripts ask for many slots at once.</summary>
internal static class KeysInSlots
{
    // Bounds of what a node does for us before it turns to its clients again.
    private const int SlotsCountedAtOnce = 512;
    private const int KeysAskedAtOnce = 100;
    private const long BytesInFlight = 512 * 1024;

    private const string KeyCounts = """
        local counts = {}
        for index = 1, #ARGV do counts[index] = redis.call('CLUSTER', 'COUNTKEYSINSLOT', ARGV[index]) end
        return counts
        """;

    // The keys of some slots with what they take in memory, by one command instead of one for each slot and key. A key of a migrating slot that has just
    // expired is an error there: it takes nothing, and MIGRATE passes over it.
    private const string KeysWithSizes = """
        local found = {}
        for index = 2, #ARGV do
          local keys = redis.call('CLUSTER', 'GETKEYSINSLOT', ARGV[index], ARGV[1])
          for position, key in ipairs(keys) do
            local bytes = redis.pcall('MEMORY', 'USAGE', key)
            keys[position] = { key, type(bytes) == 'number' and bytes or 0 }
          end
          found[#found + 1] = keys
        end
        return found
        """;

    /// <summary>How many keys each of the slots has.</summary>
    public static async Task<Dictionary<int, long>> CountAsync(NodeConnection source, SlotSet slots, CancellationToken cancellationToken)
    {
        var counts = new Dictionary<int, long>(slots.Count);
        foreach (var part in slots.Chunk(SlotsCountedAtOnce))
        {
            var reply = await source.SendAsync(["EVAL", KeyCounts, 0, .. part], cancellationToken);
            foreach (var (slot, keys) in part.Zip(reply.Items))
            {
                counts.Add(slot, keys.Number);
            }
        }

        return counts;
    }

    /// <summary>All keys of migrating slots, in windows of chunks that may travel together.</summary>
    public static async IAsyncEnumerable<IReadOnlyList<Chunk>> ReadAsync(
        NodeConnection source, ImmutableArray<int> slots, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (!slots.IsEmpty)
        {
            var reply = await source.SendAsync(["EVAL", KeysWithSizes, 0, KeysAskedAtOnce, .. slots], cancellationToken);
            var found = slots.Zip(reply.Items, (slot, keys) => (Slot: slot, Keys: keys.Items)).ToArray();
            var window = new List<Chunk>();
            foreach (var chunk in Chunks(found.SelectMany(slot => slot.Keys.Select(key => (slot.Slot, Key: key.Items[0].Bytes!, Bytes: key.Items[1].Number)))))
            {
                if (window.Count > 0 && window.Sum(other => other.Bytes) + chunk.Bytes > BytesInFlight)
                {
                    yield return window;
                    window = [];
                }

                window.Add(chunk);
            }

            if (window.Count > 0)
            {
                yield return window;
            }

            // A migrating slot gets no new keys, so an answer that was not full told all of them.
            slots = [.. found.Where(slot => slot.Keys.Count == KeysAskedAtOnce).Select(slot => slot.Slot)];
        }
    }

    private static List<Chunk> Chunks(IEnumerable<(int Slot, byte[] Key, long Bytes)> keys)
    {
        var chunks = new List<Chunk>();
        foreach (var (slot, key, bytes) in keys)
        {
            // One command moves keys of one slot only.
            if (chunks.LastOrDefault() is { } last && last.Slot == slot && last.Bytes + bytes <= BytesInFlight)
            {
                last.Keys.Add(key);
                last.Bytes += bytes;
            }
            else
            {
                chunks.Add(new Chunk(slot, [key]) { Bytes = bytes });
            }
        }

        return chunks;
    }

    /// <summary>Keys of one slot that one command moves.</summary>
    /// <param name="Slot">Their slot.</param>
    /// <param name="Keys">Their names.</param>
    internal sealed record Chunk(int Slot, List<byte[]> Keys)
    {
        /// <summary>What they take in memory.</summary>
        public long Bytes { get; set; }
    }
}
