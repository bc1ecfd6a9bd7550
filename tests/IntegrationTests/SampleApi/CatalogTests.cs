using System.Net;
using System.Net.Http.Json;
using IntegrationTests.Client;
using SampleApi.Patterns.Catalog;
using Support;
using Xunit;

namespace IntegrationTests.SampleApi;

public sealed class CatalogTests(SharedCluster cluster) : ClusterTest
{
    // Each test its own article and shelf: the cache outlives the instances.
    private readonly int _id = Random.Shared.Next(1, 99_999) * 10;

    [Fact]
    public async Task AllWhoAskAtOnceWaitForOneLoadAndTheOtherInstanceFindsIt()
    {
        await using var api = TwoInstances.Start(await cluster.NodesAsync());
        var first = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => FindAsync(api.First, _id)));
        Assert.Equal(1, Assert.Single(first.Distinct()).Load);
        await cluster.WaitUntilStoredAsync($"*catalog:{_id}");
        Assert.Equal(first[0], await FindAsync(api.Second, _id));
    }

    // What HybridCache does not promise: instances do not wait for one another, so at most one load each.
    [Fact]
    public async Task BothInstancesAtOnceLoadAtMostOnceEach()
    {
        await using var api = TwoInstances.Start(await cluster.NodesAsync());
        var articles = await Task.WhenAll(Enumerable.Range(0, 50).Select(call => FindAsync(call % 2 == 0 ? api.First : api.Second, _id)));
        Assert.InRange(articles.Distinct().Count(), 1, 2);
        Assert.All(articles, article => Assert.Equal(1, article.Load));
    }

    [Fact]
    public async Task ARemovedShelfIsLoadedAgainByEveryInstanceAndOthersAreKept()
    {
        await using var api = TwoInstances.Start(await cluster.NodesAsync());
        var (onShelf, elsewhere) = (await FindAsync(api.First, _id + 1), await FindAsync(api.First, _id + 2));
        await cluster.WaitUntilStoredAsync($"*catalog:{_id + 1}");
        await cluster.WaitUntilStoredAsync($"*catalog:{_id + 2}");
        Assert.Equal(onShelf, await FindAsync(api.Second, _id + 1)); // now in the memory of the second too

        Assert.Equal(HttpStatusCode.NoContent, (await api.First.Client.DeleteAsync("/catalog/shelves/1", CancellationToken)).StatusCode);
        Assert.NotEqual(onShelf, await FindAsync(api.First, _id + 1));
        await Eventually.HoldsAsync("the second instance forgets it too", async _ => await FindAsync(api.Second, _id + 1) != onShelf, TimeSpan.FromSeconds(5));
        Assert.Equal(elsewhere, await FindAsync(api.First, _id + 2));
        Assert.Equal(elsewhere, await FindAsync(api.Second, _id + 2));
    }

    [Fact]
    public async Task AnArticleIsLoadedAgainWhenItsTimeIsOver()
    {
        await using var api = ApiUnderTest.Start(await cluster.NodesAsync(), ("Catalog:KeptFor", "00:00:01"), ("Catalog:KeptLocallyFor", "00:00:00.100"), ("Catalog:SourceTakes", "00:00:00"));
        var first = await FindAsync(api, _id);
        await Eventually.HoldsAsync("it is loaded again", async _ => await FindAsync(api, _id) != first, TimeSpan.FromSeconds(5));
    }

    // The source is there even when the cluster is not: a cache may make an answer slower, never impossible.
    [Fact]
    public async Task WithoutTheClusterTheSourceAnswers()
    {
        var nodes = await StartNodesAsync(6);
        await Task.WhenAll(nodes.All.Select(node => node.KillAsync()));
        await using var api = ApiUnderTest.Start(nodes);
        Assert.Equal(_id, (await FindAsync(api, _id)).Id);
    }

    private static async Task<Article> FindAsync(ApiUnderTest api, int id) => (await api.Client.GetFromJsonAsync<Article>($"/catalog/{id}", CancellationToken))!;
}
