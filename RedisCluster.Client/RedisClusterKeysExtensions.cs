using System.Collections.Concurrent;
using StackExchange.Redis;

namespace RedisCluster.Client;

/// <summary>Calls for many keys, whatever their slots: the driver refuses a command whose keys are not in one slot.</summary>
public static class RedisClusterKeysExtensions
{
    /// <summary>
    /// The keys of all primaries. A key that exists from the beginning to the end comes at least once, through failovers and while slots move; it can come twice, and keys that are
    /// written or deleted meanwhile may or may not come.
    /// </summary>
    /// <param name="connection">Of the cluster.</param>
    /// <param name="pattern">As SCAN takes it, <c>cart:*</c>; all keys when there is none.</param>
    /// <param name="pageSize">About how many keys a node looks at for one answer.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RedisException">While enumerating: for 15 s nobody owned some slots, or they were being moved all the time. What came so far is not all.</exception>
    public static IAsyncEnumerable<RedisKey> ScanAsync(this IConnectionMultiplexer connection, RedisValue pattern = default, int pageSize = 250, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        return new KeyScan(connection, pattern, pageSize, TimeProvider.System).RunAsync(cancellationToken);
    }

    /// <summary>The values of keys in the order of the keys, null where there is none: one MGET for each slot, all at once. Not one moment: each slot is read in its own.</summary>
    /// <exception cref="KeysFailedException{TResult}">Some keys could not be read; it has the values of the others.</exception>
    public static Task<RedisValue[]> GetManyAsync(this IDatabaseAsync database, IReadOnlyList<RedisKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var values = new RedisValue[keys.Count];
        return BySlotAsync(database, keys, () => values, async places =>
        {
            var found = await database.StringGetAsync([.. places.Select(place => keys[place])]).ConfigureAwait(false);
            for (var i = 0; i < found.Length; i++)
            {
                values[places[i]] = found[i];
            }
        });
    }

    /// <summary>Deletes keys, and returns how many there were: one DEL or UNLINK for each slot, all at once.</summary>
    /// <exception cref="KeysFailedException{TResult}">Some keys may or may not be deleted; it has the number of the others.</exception>
    public static Task<long> DeleteManyAsync(this IDatabaseAsync database, IReadOnlyList<RedisKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var deleted = 0L;
        return BySlotAsync(database, keys, () => deleted, async places =>
            Interlocked.Add(ref deleted, await database.KeyDeleteAsync([.. places.Select(place => keys[place])]).ConfigureAwait(false)));
    }

    private static async Task<TResult> BySlotAsync<TResult>(IDatabaseAsync database, IReadOnlyList<RedisKey> keys, Func<TResult> result, Func<int[], Task> call)
    {
        ArgumentNullException.ThrowIfNull(database);
        var failures = new ConcurrentDictionary<RedisKey, Exception>();
        await Task.WhenAll(Enumerable.Range(0, keys.Count).GroupBy(place => database.Multiplexer.GetHashSlot(keys[place])).Select(async slot =>
        {
            int[] places = [.. slot];
            try
            {
                await call(places).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                Array.ForEach(places, place => failures[keys[place]] = exception);
            }
        })).ConfigureAwait(false);
        return failures.IsEmpty ? result() : throw new KeysFailedException<TResult>(failures, keys.Distinct().Count(), result());
    }
}
