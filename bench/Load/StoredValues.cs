using System.Globalization;
using RedisCluster.Topology;
using StackExchange.Redis;

namespace Bench.Load;

/// <summary>Keys of given slots with values of 100 bytes that are told by the key.</summary>
internal sealed class StoredValues
{
    private const int ValueLength = 100;
    private const int WrittenTogether = 2_000;

    private readonly RedisKey[] _keys;

    private StoredValues(RedisKey[] keys) => _keys = keys;

    public int Count => _keys.Length;

    public RedisKey Key(int index) => _keys[index];

    public static RedisValue ValueOf(RedisKey key) => ((string)key!).PadRight(ValueLength, '.');

    public static async Task<StoredValues> WriteAsync(IConnectionMultiplexer connection, SlotSet slots, int count, CancellationToken cancellationToken)
    {
        var keys = Enumerable.Range(0, int.MaxValue)
            .Select(i => (RedisKey)string.Create(CultureInfo.InvariantCulture, $"key:{i}"))
            .Where(key => slots.Contains(connection.HashSlot(key)))
            .Take(count)
            .ToArray();
        var database = connection.GetDatabase();
        foreach (var some in keys.Chunk(WrittenTogether))
        {
            await Task.WhenAll(some.Select(key => database.StringSetAsync(key, ValueOf(key)))).WaitAsync(cancellationToken);
        }

        return new StoredValues(keys);
    }

    /// <exception cref="BenchException">A key is missing or has another value: what was measured is worth nothing.</exception>
    public async Task AllAreThereAsync(IDatabase database, CancellationToken cancellationToken)
    {
        var wrong = 0;
        foreach (var some in _keys.Chunk(WrittenTogether))
        {
            var values = await Task.WhenAll(some.Select(key => database.StringGetAsync(key))).WaitAsync(cancellationToken);
            wrong += some.Zip(values).Count(pair => pair.Second != ValueOf(pair.First));
        }

        if (wrong > 0)
        {
            throw new BenchException($"Expected all {_keys.Length} keys after the move, found {wrong} lost or wrong.");
        }
    }
}
