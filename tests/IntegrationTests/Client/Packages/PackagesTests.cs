using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using Support;
using Xunit;

namespace IntegrationTests.Client.Packages;

/// <summary>What the well-kept packages do on a cluster, with two instances of the application.</summary>
public sealed class PackagesTests(SharedCluster cluster) : IAsyncLifetime
{
    private static readonly HttpClient Http = new();

    private WiredApplication _one = null!;
    private WiredApplication _other = null!;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var nodes = await cluster.NodesAsync();
        _one = await WiredApplication.StartAsync(nodes, CancellationToken);
        _other = await WiredApplication.StartAsync(nodes, CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task WhatOneInstanceCachesTheOtherFinds()
    {
        var keys = Keys(20);
        foreach (var key in keys)
        {
            await _one.Get<IDistributedCache>().SetStringAsync(key, $"value of {key}", new DistributedCacheEntryOptions { SlidingExpiration = TimeSpan.FromMinutes(1) }, CancellationToken);
        }

        foreach (var key in keys)
        {
            Assert.Equal($"value of {key}", await _other.Get<IDistributedCache>().GetStringAsync(key, CancellationToken));
        }
    }

    [Fact]
    public void ThereIsOneHybridCacheInAnInstance()
    {
        var injected = ActivatorUtilities.CreateInstance<Holder>(_one.Get<IServiceProvider>());
        Assert.Same(injected.Cache, _one.Get<HybridCache>());
    }

    [Fact]
    public async Task AHybridCacheAsksItsSourceOnceForAllInstances()
    {
        var asked = 0;
        var key = Keys(1)[0];
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal("slow", await _one.Get<HybridCache>().GetOrCreateAsync(key, Ask, cancellationToken: CancellationToken));
            await StoredAsync(key, "slow");
            Assert.Equal("slow", await _other.Get<HybridCache>().GetOrCreateAsync(key, Ask, cancellationToken: CancellationToken));
        }

        Assert.Equal(1, asked);

        ValueTask<string> Ask(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref asked);
            return ValueTask.FromResult("slow");
        }
    }

    [Fact]
    public async Task ATagOfAHybridCacheIsInvalidOnEveryInstanceThatHasNotMetItYet()
    {
        var (key, tag) = (Keys(1)[0], Keys(1)[0]);
        await ReadAsync(_one, key, tag, "old");
        await StoredAsync(key, "old");
        await _one.Get<HybridCache>().RemoveByTagAsync(tag, CancellationToken);

        Assert.Equal("new", await ReadAsync(_other, key, tag, "new"));
        await StoredAsync(key, "new");
        Assert.Equal("new", await ReadAsync(_one, key, tag, "never"));
    }

    [Fact]
    public async Task PagesAreSharedAndEvictedByTagWhereverTheirSlotsAre()
    {
        await _one.Get<IOutputCacheStore>().EvictByTagAsync("pages", CancellationToken);
        var pages = Enumerable.Range(0, 20).Select(number => $"/pages/{number}").ToList();
        foreach (var page in pages)
        {
            var made = await Http.GetStringAsync(new Uri(_one.Address, page), CancellationToken);
            await cluster.WaitUntilStoredAsync($"*{page.ToUpperInvariant()}*");
            Assert.Equal(made, await Http.GetStringAsync(new Uri(_other.Address, page), CancellationToken));
        }

        Assert.Equal((20, 0), (_one.Rendered, _other.Rendered));
        await _other.Get<IOutputCacheStore>().EvictByTagAsync("pages", CancellationToken);
        foreach (var page in pages)
        {
            await Http.GetStringAsync(new Uri(_other.Address, page), CancellationToken);
        }

        Assert.Equal((20, 20), (_one.Rendered, _other.Rendered));
    }

    [Fact]
    public void WhatOneInstanceProtectsTheOtherReads()
    {
        var text = _one.Get<IDataProtectionProvider>().CreateProtector("test").Protect("secret");
        Assert.Equal("secret", _other.Get<IDataProtectionProvider>().CreateProtector("test").Unprotect(text));
    }

    [Fact]
    public async Task AMessageReachesTheClientsOfEveryInstance()
    {
        await using var here = await JoinAsync(_one);
        await using var there = await JoinAsync(_other);
        var heardHere = Heard(here);
        var heardThere = Heard(there);

        await here.SendAsync("SayAsync", "hello", CancellationToken);

        Assert.Equal(("hello", "hello"), (await heardHere, await heardThere));
    }

    // Each package closes the connection that it was given, for the others too.
    [Fact]
    public async Task TheConnectionOutlivesEveryPackageThatUsesIt()
    {
        var key = Keys(1)[0];
        var app = await WiredApplication.StartAsync(await cluster.NodesAsync(), CancellationToken, lastWords: key);
        await app.Get<IDistributedCache>().SetStringAsync(key, "cached", CancellationToken);
        await Http.GetStringAsync(new Uri(app.Address, $"/pages/{key}"), CancellationToken);
        await using (await JoinAsync(app))
        await using (await JoinAsync(app, "/news"))
        {
        }

        await app.DisposeAsync();
        Assert.Equal("said", await _one.Get<IDatabase>().StringGetAsync(key));
    }

    // HybridCache answers first and stores then.
    private Task StoredAsync(string key, string value) => Eventually.HoldsAsync($"the cluster has '{value}'",
        async cancellationToken => await _other.Get<IDistributedCache>().GetAsync(key, cancellationToken) is { } stored && stored.AsSpan().IndexOf(Encoding.UTF8.GetBytes(value)) >= 0);

    private static ValueTask<string> ReadAsync(WiredApplication instance, string key, string tag, string now) =>
        instance.Get<HybridCache>().GetOrCreateAsync(key, _ => ValueTask.FromResult(now), tags: [tag], cancellationToken: CancellationToken);

    private static async Task<HubConnection> JoinAsync(WiredApplication instance, string hub = "/chat")
    {
        var connection = new HubConnectionBuilder().WithUrl(new Uri(instance.Address, hub)).Build();
        await connection.StartAsync(CancellationToken);
        return connection;
    }

    private static Task<string> Heard(HubConnection connection)
    {
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.On<string>("said", words => heard.TrySetResult(words));
        return heard.Task.WaitAsync(TimeSpan.FromSeconds(5), CancellationToken);
    }

    private sealed record Holder(HybridCache Cache);

    private static List<string> Keys(int count) => [.. Enumerable.Range(0, count).Select(_ => Guid.NewGuid().ToString("N"))];
}
