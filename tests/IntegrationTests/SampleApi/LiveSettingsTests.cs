using System.Net;
using System.Net.Http.Json;
using IntegrationTests.Client;
using Support;
using Xunit;

namespace IntegrationTests.SampleApi;

public sealed class LiveSettingsTests : ClusterTest
{
    [Fact]
    public async Task AChangeReachesEveryInstanceAndItsRemovalToo()
    {
        var nodes = await StartClusterAsync();
        await using var api = TwoInstances.Start(nodes, ("RateLimit:Requests", "30"));
        await Limits.BecomesAsync(api[0], 30);
        Assert.Equal(HttpStatusCode.NoContent, (await SetAsync(api[0], "ratelimit:requests", "40")).StatusCode);
        await Limits.BecomesAsync(api[0], 40);
        await Limits.BecomesAsync(api[1], 40);
        Assert.Equal("40", (await api[1].GetFromJsonAsync<Dictionary<string, string?>>("/settings", CancellationToken))!["RateLimit:Requests"]);

        Assert.Equal(HttpStatusCode.NoContent, (await api[1].DeleteAsync("/settings/RateLimit:Requests", CancellationToken)).StatusCode);
        await Limits.BecomesAsync(api[0], 30);
        await Limits.BecomesAsync(api[1], 30);
    }

    [Fact]
    public async Task AFeatureIsSwitchedOffAndOnWhileTheApiRuns()
    {
        await using var api = ApiUnderTest.Start(await StartClusterAsync());
        await SetAsync(api.Client, "Features:Leaderboards", "false");
        await Eventually.HoldsAsync("leaderboards are off", async token => (await api.Client.GetAsync("/leaderboards/main", token)).StatusCode == HttpStatusCode.NotFound, TimeSpan.FromSeconds(5));
        await Problem.ExpectAsync(HttpStatusCode.NotFound, await api.Client.GetAsync("/leaderboards/main", CancellationToken));
        await SetAsync(api.Client, "Features:Leaderboards", "true");
        await Eventually.HoldsAsync("leaderboards are on", async token => (await api.Client.GetAsync("/leaderboards/main", token)).StatusCode == HttpStatusCode.OK, TimeSpan.FromSeconds(5));
    }

    // Somebody may write the hash by hand.
    [Fact]
    public async Task AValueThatCannotBeUsedIsIgnoredAndTheOthersApply()
    {
        var nodes = await StartClusterAsync();
        await using var api = ApiUnderTest.Start(nodes);
        var primary = await FormedCluster.PrimaryOfAsync(nodes, nodes[0], "{settings}");
        await primary.AskAsync("HSET", "{settings}", "RateLimit:Requests", "none", "RateLimit:WindowSeconds", "77");
        await primary.AskAsync("INCR", "{settings}:version");
        await Eventually.HoldsAsync("the usable one applies, without a nudge", async token => (await Limits.PolicyAsync(api.Client, token)) is { Limit: 20, WindowSeconds: 77 }, TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task TheApiStartsWithoutTheClusterAndTakesItsSettingsWhenItIsThere()
    {
        var nodes = await StartClusterAsync();
        await (await FormedCluster.PrimaryOfAsync(nodes, nodes[0], "{settings}")).AskAsync("HSET", "{settings}", "RateLimit:Requests", "41");
        await Task.WhenAll(nodes.All.Select(node => node.KillAsync()));

        await using var api = ApiUnderTest.Start(nodes);
        Assert.Null((await api.Client.GetFromJsonAsync<Dictionary<string, string?>>("/settings", CancellationToken))!["RateLimit:Requests"]);
        await Task.WhenAll(nodes.All.Select(node => node.StartAsync()));
        await Limits.BecomesAsync(api.Client, 41);
    }

    private static Task<HttpResponseMessage> SetAsync(HttpClient client, string name, string value) => client.PutAsJsonAsync($"/settings/{name}", new { value }, CancellationToken);
}
