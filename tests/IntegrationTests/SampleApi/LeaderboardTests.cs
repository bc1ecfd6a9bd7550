using System.Net;
using System.Net.Http.Json;
using IntegrationTests.Client;
using SampleApi.Patterns.Leaderboards;
using Xunit;

namespace IntegrationTests.SampleApi;

public sealed class LeaderboardTests(SharedCluster cluster) : IAsyncLifetime
{
    private readonly string _board = $"board-{Guid.NewGuid():N}";
    private TwoInstances _api = null!;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _api = TwoInstances.Start(await cluster.NodesAsync());

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task OnlyABetterScoreCounts()
    {
        Assert.Equal(new Standing(1, "ada", 10), await SubmitAsync(0, "ada", 10));
        Assert.Equal(new Standing(1, "ada", 10), await SubmitAsync(1, "ada", 9));
        Assert.Equal(new Standing(1, "bob", 11), await SubmitAsync(0, "bob", 11));
        Assert.Equal(new Standing(1, "ada", 12.5), await SubmitAsync(1, "ada", 12.5));
        Assert.Equal([new Standing(1, "ada", 12.5), new Standing(2, "bob", 11)], await _api[0].GetFromJsonAsync<Standing[]>($"/leaderboards/{_board}", CancellationToken) ?? []);
    }

    [Fact]
    public async Task APlayerIsSeenWithNeighboursAlsoAtTheEnds()
    {
        await Parallel.ForAsync(1, 31, CancellationToken, async (i, _) => await SubmitAsync(i, $"p{i:00}", i));

        Assert.Equal([30, 29, 28], (await _api[0].GetFromJsonAsync<Standing[]>($"/leaderboards/{_board}?top=3", CancellationToken))!.Select(standing => standing.Score));
        Assert.Equal([new Standing(9, "p22", 22), new Standing(10, "p21", 21), new Standing(11, "p20", 20)], await AroundAsync("p21", 1));
        Assert.Equal(["p30", "p29", "p28"], (await AroundAsync("p30", 2)).Select(standing => standing.Player));
        Assert.Equal([28, 29, 30], (await AroundAsync("p01", 2)).Select(standing => standing.Rank));
        await Problem.ExpectAsync(HttpStatusCode.NotFound, await _api[0].GetAsync($"/leaderboards/{_board}/nobody", CancellationToken));
    }

    private async Task<Standing> SubmitAsync(int instance, string player, double score)
    {
        var response = await _api[instance].PutAsJsonAsync($"/leaderboards/{_board}/{player}", new { score }, CancellationToken);
        return (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<Standing>(CancellationToken))!;
    }

    private async Task<Standing[]> AroundAsync(string player, int neighbours) =>
        (await _api[1].GetFromJsonAsync<Standing[]>($"/leaderboards/{_board}/{player}?around={neighbours}", CancellationToken))!;
}
