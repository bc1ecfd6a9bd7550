using System.Globalization;
using StackExchange.Redis;
using Xunit;

namespace IntegrationTests.Initializer;

/// <summary>Keys written before something happens to the cluster, and looked for after it.</summary>
internal sealed class StoredKeys
{
    private readonly int _count;

    private StoredKeys(int count) => _count = count;

    /// <summary>Written earlier: the same number makes the same keys.</summary>
    public static StoredKeys Of(int count) => new(count);

    public static async Task<StoredKeys> WriteAsync(IDatabase database, int count)
    {
        await Task.WhenAll(Enumerable.Range(0, count).Select(i => database.StringSetAsync(Key(i), Value(i))));
        return Of(count);
    }

    public async Task AssertAllAreThereAsync(IDatabase database)
    {
        var values = await Task.WhenAll(Enumerable.Range(0, _count).Select(i => database.StringGetAsync(Key(i))));
        var wrong = Enumerable.Range(0, _count).Where(i => values[i] != Value(i)).ToArray();
        Assert.True(wrong.Length == 0, $"Expected all {_count} keys, found {wrong.Length} lost or wrong: {string.Join(", ", wrong.Take(10).Select(i => $"{Key(i)}={values[i]}"))}");
    }

    private static string Key(int i) => string.Create(CultureInfo.InvariantCulture, $"key:{i}");

    private static string Value(int i) => string.Create(CultureInfo.InvariantCulture, $"value of {i}");
}
