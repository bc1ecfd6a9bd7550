using RedisCluster.Client;
using StackExchange.Redis;
using Support;
using Xunit;

namespace IntegrationTests.Client;

/// <summary>Calls for many keys, on a cluster to which something happens meanwhile.</summary>
public sealed class ManyKeysTests : IAsyncLifetime
{
    private RedisClusterServers _cluster = null!;
    private ClientHost _host = null!;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private IConnectionMultiplexer Connection => _host.Get<IConnectionMultiplexer>();

    private IDatabaseAsync Database => _host.Get<IDatabaseAsync>();

    public async ValueTask InitializeAsync()
    {
        _cluster = await RedisClusterServers.StartAsync(new() { NodeTimeout = TimeSpan.FromSeconds(1) }, CancellationToken);
        _host = await ClientHost.StartAsync(_cluster.ConnectionString, settings => settings.CommandTimeout = TimeSpan.FromSeconds(2), CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task AScanListsEveryKeyThroughAFailover()
    {
        var keys = await WriteAsync("scan", 3000);
        var (listed, victim) = (new List<string>(), (RedisNode?)null);
        await foreach (var key in Connection.ScanAsync("scan:*", pageSize: 10, CancellationToken))
        {
            listed.Add(key!);
            if (listed.Count == 100)
            {
                // The one that is being listed: its cursor is lost with it.
                victim = await _cluster.PrimaryOfAsync(key!, CancellationToken);
                await _cluster.KillAsync(victim, CancellationToken);
            }
        }

        Assert.NotNull(victim);
        Assert.Equal(keys.Order(), listed.Distinct().Order());
    }

    // The new process has other cursors, and by the next page the driver is connected again.
    [Fact]
    public async Task AScanListsEveryKeyOfANodeThatWasRestartedMeanwhile()
    {
        var keys = await WriteAsync("scan", 3000);
        var listed = new List<string>();
        await foreach (var key in Connection.ScanAsync("scan:*", pageSize: 10, CancellationToken))
        {
            listed.Add(key!);
            if (listed.Count == 100)
            {
                var node = await NodeOfAsync(key!);
                await _cluster.RestartAsync(_cluster.Nodes.Single(other => other.EndPoint == node), CancellationToken);
                await Eventually.HoldsAsync("it is connected again", async _ => await Record.ExceptionAsync(() => _host.Get<IDatabase>().StringGetAsync(key)) is null);
            }
        }

        Assert.Equal(keys.Order(), listed.Distinct().Order());
    }

    [Fact]
    public async Task AScanListsKeysThatMoveToANodeThatWasListedAlready()
    {
        var keys = await WriteAsync("scan", 3000);
        var (listed, first, hasMoved) = (new List<string>(), "", false);
        await foreach (var key in Connection.ScanAsync("scan:*", pageSize: 10, CancellationToken))
        {
            listed.Add(key!);
            var node = await NodeOfAsync(key!);
            first = first.Length == 0 ? node : first;
            if (!hasMoved && node != first)
            {
                // The first node is through. What the others still have goes there.
                var slots = keys.Except(listed).Select(other => Connection.GetHashSlot(other)).Distinct().Take(300);
                await _cluster.MoveSlotsAsync(slots, _cluster.Nodes.Single(other => other.EndPoint == first), CancellationToken);
                hasMoved = true;
            }
        }

        Assert.True(hasMoved);
        Assert.Equal(keys.Order(), listed.Distinct().Order());
    }

    [Fact]
    public async Task AScanSaysWhichSlotsItCouldNotList()
    {
        await WriteAsync("scan", 100);
        var primary = (await _cluster.PrimariesAsync(CancellationToken))[0];
        foreach (var node in (await _cluster.ReplicasOfAsync(primary, CancellationToken)).Append(primary))
        {
            await _cluster.KillAsync(node, CancellationToken);
        }

        var scan = new KeyScan(Connection, "scan:*", pageSize: 250, TimeProvider.System) { Patience = TimeSpan.FromSeconds(1) };
        var failure = await Assert.ThrowsAsync<RedisException>(async () =>
        {
            await foreach (var _ in scan.RunAsync(CancellationToken))
            {
            }
        });
        Assert.Matches("^The keys of slots .*[0-9]+-[0-9]+ could not be listed for 1 s: no primary that answers owned them without moving them", failure.Message);
    }

    [Fact]
    public async Task ManyKeysAreReadInTheirOrderAndDeletedWhereverTheyAre()
    {
        var keys = await WriteAsync("many", 500);
        RedisKey[] asked = [keys[3], "many:none", keys[499], keys[3], .. keys.Select(key => (RedisKey)key)];
        string?[] expected = [keys[3], null, keys[499], keys[3], .. keys];
        Assert.Equal(expected, (await Database.GetManyAsync(asked)).Select(value => (string?)value));
        Assert.Equal(500, await Database.DeleteManyAsync([.. keys, "many:none"]));
        Assert.All(await Database.GetManyAsync(asked), value => Assert.True(value.IsNull));
        Assert.Empty(await Database.GetManyAsync([]));
    }

    [Fact]
    public async Task ManyKeysAreFoundReadAndDeletedByThreeCalls()
    {
        var (connection, database, cancellationToken, keys) = (Connection, Database, CancellationToken, new List<RedisKey>());
        await database.StringSetAsync("other:1", "kept");
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => database.StringSetAsync($"cart:{i}", i)));
        await foreach (var key in connection.ScanAsync("cart:*", cancellationToken: cancellationToken)) { keys.Add(key); }
        var values = await database.GetManyAsync(keys);
        var deleted = await database.DeleteManyAsync(keys);
        Assert.Equal(Enumerable.Range(0, 100), values.Select(value => (int)value).Order());
        Assert.Equal((100, "kept"), (deleted, (string?)await database.StringGetAsync("other:1")));
    }

    [Fact]
    public async Task WhatFailsIsNamedAndWhatIsDoneIsHandedOver()
    {
        var keys = await WriteAsync("many", 200);
        var primary = await _cluster.PrimaryOfAsync(keys[0], CancellationToken);
        var nodes = await Task.WhenAll(keys.Select(NodeOfAsync));
        var lost = keys.Where((_, i) => nodes[i] == primary.EndPoint).ToList();
        var once = _host.Get<IDatabase>();
        await _cluster.KillAsync(primary, CancellationToken);
        RedisKey[] all = [.. keys.Select(key => (RedisKey)key)];
        var read = await Assert.ThrowsAsync<KeysFailedException<RedisValue[]>>(() => once.GetManyAsync(all));
        Assert.Equal(lost.Order(), read.Failures.Keys.Select(key => (string)key!).Order());
        Assert.Equal(keys.Except(lost), read.Result.Where(value => !value.IsNull).Select(value => (string)value!));
        Assert.StartsWith($"{lost.Count} of 200 keys failed, the others are done. The first reason: ", read.Message, StringComparison.Ordinal);
        var deleted = await Assert.ThrowsAsync<KeysFailedException<long>>(() => once.DeleteManyAsync(all));
        Assert.Equal((lost.Count, 200 - lost.Count), (deleted.Failures.Count, (int)deleted.Result));

        await _cluster.WaitForFailoverAsync(primary, CancellationToken);
        Assert.Equal(lost.Order(), (await Database.GetManyAsync(all)).Where(value => !value.IsNull).Select(value => (string)value!).Order());
    }

    private async Task<List<string>> WriteAsync(string prefix, int count)
    {
        List<string> keys = [.. Enumerable.Range(0, count).Select(i => $"{prefix}:{i}")];
        await Task.WhenAll(keys.Select(key => Database.StringSetAsync(key, key)));
        // Replicas have them: a write that was not passed on dies with its primary.
        await Task.WhenAll((await _cluster.PrimariesAsync(CancellationToken)).Select(node => node.AskAsync("WAIT", "1", "10000")));
        return keys;
    }

    private async Task<string> NodeOfAsync(string key) => (await Database.IdentifyEndpointAsync(key))!.Address();
}
