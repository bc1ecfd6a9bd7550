using System.Net;
using System.Net.Http.Json;
using System.Text;
using IntegrationTests.Client;
using SampleApi.Map;
using Support;
using Xunit;

namespace IntegrationTests.SampleApi.Map;

public sealed class BurstTests(SharedCluster cluster) : ClusterTest
{
    [Fact]
    public async Task KeysLandOnAllShardsAndEndByThemselves()
    {
        var nodes = await cluster.NodesAsync();
        await using var api = ApiUnderTest.Start(nodes);
        var result = await BurstAsync(api, new(300));
        Assert.Equal((300, 300, 60), (result.Requested, result.Written, result.TtlSeconds));
        Assert.Equal(new[] { nodes[0].EndPoint, nodes[1].EndPoint, nodes[2].EndPoint }.Order(), result.Primaries.Keys.Order());
        Assert.All(result.Primaries.Values, keys => Assert.InRange(keys, 50, 150));
        Assert.Equal((300, 300, 256), (result.Primaries.Values.Sum(), result.Bins.Sum(), result.Bins.Count));

        var last = result.Keys.Replace("*", "299", StringComparison.Ordinal);
        var owner = await FormedCluster.PrimaryOfAsync(nodes, nodes[0], last);
        Assert.InRange((await owner.AskAsync("TTL", last)).Number, 1, 60);
    }

    [Fact]
    public async Task KeysWithOneTagLandInOneSlot()
    {
        await using var api = ApiUnderTest.Start(await cluster.NodesAsync());
        var result = await BurstAsync(api, new(100, OneTag: true));
        Assert.Equal([0, 0, 100], result.Primaries.Values.Order());
        Assert.Equal(100, Assert.Single(result.Bins, keys => keys > 0));
    }

    [Theory]
    [InlineData("""{"keys":0}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"keys":2001}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"keys":"many"}""", HttpStatusCode.BadRequest)]
    [InlineData("{", HttpStatusCode.BadRequest)]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData("""{"keys":1}""", HttpStatusCode.UnsupportedMediaType, "text/plain")] // what a form of another site can send unasked
    public async Task AnythingElseIsRefused(string body, HttpStatusCode status, string type = "application/json")
    {
        await using var api = ApiUnderTest.Start(await cluster.NodesAsync());
        using var refused = await api.Client.PostAsync("/map/burst", new StringContent(body, Encoding.UTF8, type), CancellationToken);
        await Problem.ExpectAsync(status, refused);
    }

    [Fact]
    public async Task OneBurstAtATimeAndFourWait()
    {
        await using var api = ApiUnderTest.Start(await cluster.NodesAsync());
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(async _ => (await api.Client.PostAsJsonAsync("/map/burst", new BurstRequest(BurstRequest.MaxKeys), CancellationToken)).StatusCode));
        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
        Assert.True(answers.Count(status => status == HttpStatusCode.OK) >= 5);
        Assert.All(answers, status => Assert.True(status is HttpStatusCode.OK or HttpStatusCode.TooManyRequests, $"Expected 200 or 429, found {status}."));
    }

    private static async Task<BurstResult> BurstAsync(ApiUnderTest api, BurstRequest request)
    {
        using var response = await api.Client.PostAsJsonAsync("/map/burst", request, CancellationToken);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(CancellationToken));
        return (await response.Content.ReadFromJsonAsync<BurstResult>(CancellationToken))!;
    }
}
