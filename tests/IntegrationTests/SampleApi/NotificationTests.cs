using System.Net;
using System.Net.Http.Json;
using IntegrationTests.Client;
using Support;
using Xunit;

namespace IntegrationTests.SampleApi;

public sealed class NotificationTests(SharedCluster cluster) : ClusterTest
{
    private readonly string _topic = $"topic-{Guid.NewGuid():N}";

    private string Path => $"/notifications/{_topic}";

    private string ChannelName => $"{{notifications:{_topic}}}";

    [Fact]
    public async Task AMessageSentToOneInstanceReachesTheListenersOfBoth()
    {
        await using var api = TwoInstances.Start(await cluster.NodesAsync());
        using var first = await SubscribeAsync(api.First);
        using var second = await SubscribeAsync(api.Second);
        using var third = await SubscribeAsync(api.Second);

        await PublishAsync(api.First, "one\nand \"two\"");
        foreach (var listener in new[] { first, second, third })
        {
            var message = await listener.NextAsync();
            Assert.Equal(("notification", "one\nand \"two\""), (message.EventType, message.Data));
        }
    }

    [Fact]
    public async Task TheSubscriptionEndsWithTheLastClientThatGoesAway()
    {
        var nodes = await cluster.NodesAsync();
        await using var api = ApiUnderTest.Start(nodes);
        var primary = await FormedCluster.PrimaryOfAsync(nodes, nodes[0], ChannelName);
        using (await SubscribeAsync(api))
        {
            using var another = await SubscribeAsync(api);
            Assert.Equal(1L, await SubscribersAsync(primary));
        }

        await Eventually.HoldsAsync("the node has no subscriber of the channel", async _ => await SubscribersAsync(primary) == 0);
    }

    [Fact]
    public async Task TheSixtyFifthListenerIsToldToComeLater()
    {
        await using var api = ApiUnderTest.Start(await cluster.NodesAsync());
        var listeners = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => SubscribeAsync(api)));
        using var refused = await api.Client.GetAsync(Path, CancellationToken);
        await Problem.ExpectAsync(HttpStatusCode.ServiceUnavailable, refused);
        Assert.Equal(TimeSpan.FromSeconds(5), refused.Headers.RetryAfter?.Delta);
        Array.ForEach(listeners, listener => listener.Dispose());
        await Eventually.HoldsAsync("there is room again", async token =>
        {
            using var answer = await api.Client.GetAsync(Path, HttpCompletionOption.ResponseHeadersRead, token);
            return answer.IsSuccessStatusCode;
        });
    }

    [Fact]
    public async Task AStopOfTheApplicationEndsTheStreamsAtOnce()
    {
        var api = ApiUnderTest.Start(await cluster.NodesAsync());
        using var listener = await SubscribeAsync(api);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await api.DisposeAsync();
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData("killed")]
    [InlineData("handed over")]
    [InlineData("moved")]
    public async Task ListenersHearAgainAfterTheirSlotChangedHands(string how)
    {
        var nodes = await StartClusterAsync(nodeTimeoutMilliseconds: 1000);
        await using var api = TwoInstances.Start(nodes);
        using var listener = await SubscribeAsync(api.First);
        var primary = await FormedCluster.PrimaryOfAsync(nodes, nodes[0], ChannelName);
        await (how switch
        {
            "killed" => primary.KillAsync(),
            "handed over" => FormedCluster.ReplicaOf(nodes, primary).AskAsync("CLUSTER", "FAILOVER"),
            _ => FormedCluster.MoveSlotOfAsync(nodes, ChannelName),
        });
        await HearsAgainAsync(api, listener);
    }

    // Each message on its way in the moment of the change may be lost: sent again until one arrives.
    private async Task HearsAgainAsync(TwoInstances api, EventStream listener)
    {
        var heard = listener.NextAsync();
        await Eventually.HoldsAsync(
            "a message arrives",
            async token =>
            {
                using var answer = await api.Second.Client.PostAsJsonAsync(Path, new { text = "again" }, token);
                Assert.True(answer.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.ServiceUnavailable, $"found {answer.StatusCode}");
                return heard.IsCompleted;
            },
            TimeSpan.FromSeconds(15));
        Assert.Equal("again", (await heard).Data);
    }

    private async Task<EventStream> SubscribeAsync(ApiUnderTest api)
    {
        var stream = await EventStream.OpenAsync(api.Client, Path);
        Assert.Equal("subscribed", (await stream.NextAsync()).EventType);
        return stream;
    }

    private async Task PublishAsync(ApiUnderTest api, string text)
    {
        using var answer = await api.Client.PostAsJsonAsync(Path, new { text }, CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    private async Task<long> SubscribersAsync(RedisNode node) => (await node.AskAsync("PUBSUB", "SHARDNUMSUB", ChannelName)).Items[1].Number;
}
