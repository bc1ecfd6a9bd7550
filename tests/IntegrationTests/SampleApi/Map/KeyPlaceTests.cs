using System.Net;
using System.Net.Http.Json;
using IntegrationTests.Client;
using SampleApi.Map;
using Support;
using Xunit;

namespace IntegrationTests.SampleApi.Map;

public sealed class KeyPlaceTests(SharedCluster cluster) : ClusterTest
{
    [Fact]
    public async Task SlotAndNodesAreTheOnesThatTheClusterNames()
    {
        var nodes = await cluster.NodesAsync();
        await using var api = ApiUnderTest.Start(nodes);
        foreach (var key in new[] { "plain", "cart:{user:42}:items", "{}x", "a/b c%2F?", "ü😀", "{open" })
        {
            var place = (await api.Client.GetFromJsonAsync<KeyPlace>($"/map/keys/{Uri.EscapeDataString(key)}", CancellationToken))!;
            Assert.Equal(key, place.Key);
            Assert.Equal((await nodes[0].AskAsync("CLUSTER", "KEYSLOT", key)).Number, place.Slot);
            Assert.Equal(place.Slot, (await nodes[0].AskAsync("CLUSTER", "KEYSLOT", place.HashedPart == key ? key : $"{{{place.HashedPart}}}")).Number);
            Assert.Equal((await FormedCluster.PrimaryOfAsync(nodes, nodes[0], key)).EndPoint, place.Primary);
            Assert.Single(place.Replicas);
        }
    }

    [Theory]
    [InlineData("/map/keys/", "The key is empty: expected /map/keys/{key}.")]
    [InlineData("/map/keys/%FF", "The key is not UTF-8 after percent-decoding.")]
    public async Task AKeyThatIsNoneIsABadRequest(string path, string detail)
    {
        await using var api = ApiUnderTest.Start(await cluster.NodesAsync());
        using var refused = await api.Client.GetAsync(path, CancellationToken);
        Assert.Equal(detail, (await Problem.ExpectAsync(HttpStatusCode.BadRequest, refused)).Detail);
    }
}
