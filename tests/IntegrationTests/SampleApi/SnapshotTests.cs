using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using IntegrationTests.Client;
using Microsoft.Extensions.DependencyInjection;
using SampleApi.Patterns.Snapshots;
using Support;
using Xunit;

namespace IntegrationTests.SampleApi;

public sealed class SnapshotTests : ClusterTest
{
    private static readonly (string, string)[] Fast = [("Snapshots:Every", "00:00:00.100"), ("Snapshots:LockLength", "00:00:01")];

    private RedisNodes _nodes = null!;

    public override async ValueTask InitializeAsync()
    {
        _nodes = await StartClusterAsync(nodeTimeoutMilliseconds: 1000);
    }

    [Fact]
    public async Task OneInstanceTakesTheSnapshotsAndTheNextOneGoesOnWhenItStops()
    {
        var first = ApiUnderTest.Start(_nodes, Fast);
        var holder = await HolderAsync(first.Client, null);
        await using var second = ApiUnderTest.Start(_nodes, Fast);
        (await second.Client.PutAsJsonAsync("/leaderboards/main/ada", new { score = 7 }, CancellationToken)).EnsureSuccessStatusCode();
        Snapshot? snapshot = null;
        await Eventually.HoldsAsync("the snapshot has the score", async token => (snapshot = await FindAsync(second.Client, token)) is { Standings: [{ Player: "ada", Score: 7 }] });
        Assert.Equal(holder, snapshot!.TakenBy);

        await first.DisposeAsync();
        var next = await HolderAsync(second.Client, holder);
        await Eventually.HoldsAsync("the second instance takes snapshots, with a greater token", async token => await FindAsync(second.Client, token) is { } later && later.TakenBy == next && later.FencingToken > snapshot.FencingToken);
    }

    [Fact]
    public async Task ADeadHoldersLockExpires()
    {
        await using var first = await ApiProcess.StartAsync(_nodes, Fast);
        var holder = await HolderAsync(first.Client, null);
        await using var second = ApiUnderTest.Start(_nodes, Fast);
        await first.KillAsync();
        await HolderAsync(second.Client, holder);
    }

    // The reason for the token: the lock alone cannot stop a holder that was paused while its lock went to another.
    [Fact]
    public async Task AnOlderTokenIsRefused()
    {
        await using var api = ApiUnderTest.Start(_nodes, ("Snapshots:Boards:0", "unused"));
        var snapshots = api.Services.GetRequiredService<SnapshotStore>();
        Assert.True(await snapshots.TakeAsync("main", fencingToken: 2, "second"));
        Assert.False(await snapshots.TakeAsync("main", fencingToken: 1, "first"));
        Assert.Equal("second", (await snapshots.FindAsync("main"))!.TakenBy);
    }

    [Fact]
    public async Task AHolderThatHearsNothingFromTheClusterKnowsThatItMayHaveLostTheLock()
    {
        await using var api = ApiUnderTest.Start(_nodes);
        var locks = api.Services.GetRequiredService<ClusterLocks>();
        await using var held = (await locks.TryTakeAsync("test", TimeSpan.FromSeconds(1)))!;
        Assert.Null(await locks.TryTakeAsync("test", TimeSpan.FromSeconds(1)));
        var primary = await FormedCluster.PrimaryOfAsync(_nodes, _nodes[0], "{lock:test}");
        primary.Hang();
        await Eventually.HoldsAsync("the lock counts as lost", () => held.Lost.IsCancellationRequested, TimeSpan.FromSeconds(3));
        primary.Resume();
    }

    [Fact]
    public async Task ALockIsExtendedUntilItIsGivenBack()
    {
        await using var api = ApiUnderTest.Start(_nodes);
        var locks = api.Services.GetRequiredService<ClusterLocks>();
        await using (var held = (await locks.TryTakeAsync("test", TimeSpan.FromSeconds(1)))!)
        {
            // Each is due after a third of the lock's length: after four it has lasted longer than without one.
            var primary = await FormedCluster.PrimaryOfAsync(_nodes, _nodes[0], "{lock:test}");
            var (extensions, left) = (0, long.MaxValue);
            await Eventually.HoldsAsync("four extensions", async _ =>
            {
                var last = left;
                left = (await primary.AskAsync("PTTL", "{lock:test}")).Number;
                return (extensions += left > last ? 1 : 0) == 4;
            });
            Assert.False(held.Lost.IsCancellationRequested);
            Assert.Null(await locks.TryTakeAsync("test", TimeSpan.FromSeconds(1)));
        }

        await using var next = await locks.TryTakeAsync("test", TimeSpan.FromSeconds(1));
        Assert.NotNull(next);
    }

    private static async Task<string> HolderAsync(HttpClient client, string? before)
    {
        string? holder = null;
        await Eventually.HoldsAsync(
            $"somebody else than {before ?? "nobody"} holds the lock",
            async token => (holder = (await client.GetFromJsonAsync<JsonElement>("/snapshots", token)).GetProperty("holder").GetString()) is not null && holder != before,
            TimeSpan.FromSeconds(15));
        return holder!;
    }

    private static async Task<Snapshot?> FindAsync(HttpClient client, CancellationToken cancellationToken)
    {
        using var answer = await client.GetAsync("/snapshots/main", cancellationToken);
        return answer.StatusCode == HttpStatusCode.OK ? await answer.Content.ReadFromJsonAsync<Snapshot>(cancellationToken) : null;
    }
}
