using Support;
using Xunit;

namespace IntegrationTests.SampleApi.Map;

public sealed class MapFailoverTests : ClusterTest
{
    [Fact(DisableParallelization = true)]
    public async Task AHungPrimaryDoesNotDelayTheMap()
    {
        var nodes = await StartClusterAsync(nodeTimeoutMilliseconds: 2500);
        await using var api = ApiUnderTest.Start(nodes);
        using var stream = await MapStream.OpenAsync(api.Client);
        await stream.HoldsAsync("all nodes are online", map => map.State == "whole");

        nodes[0].Hang();
        var hungAt = DateTimeOffset.UtcNow;
        var promotion = ClusterSight.FirstSightOfAsync(nodes, promoted: nodes[3], except: nodes[0]);
        var silentAt = await stream.HoldsAsync("the hung node is silent", map => map.Shards[0].Primary is { Health: "silent" });
        Assert.InRange(silentAt - hungAt, TimeSpan.Zero, TimeSpan.FromSeconds(2.2)); // 1 s of silence, and what a question takes
        var seenAt = await stream.HoldsAsync("the replica took over", map => map.Shards[0].Primary?.Address == nodes[3].EndPoint);
        Assert.InRange(seenAt - await promotion, TimeSpan.FromMilliseconds(-50), TimeSpan.FromSeconds(1));

        // It wakes believing that it is the primary still: nobody is shown that.
        nodes[0].Resume();
        await stream.HoldsAsync("the old primary is a replica", map => map.State == "whole");
        Assert.Single(stream.Cluster!.Story, happening => happening.Kind == "failover");
    }

    [Fact]
    public async Task WhileNoNodeAnswersTheMapSaysSoAndTheStreamLives()
    {
        var nodes = await StartClusterAsync();
        await using var api = ApiUnderTest.Start(nodes);
        using var stream = await MapStream.OpenAsync(api.Client);
        await stream.HoldsAsync("all nodes are online", map => map.State == "whole");
        await Task.WhenAll(nodes.All.Select(node => node.KillAsync()));
        await stream.HoldsAsync("no node answers", map => map is { State: "down", ServedSlots: 0 } && map.Reason!.StartsWith("0/6 nodes answer: localhost:", StringComparison.Ordinal));
        while (await stream.NextAsync().WaitAsync(TimeSpan.FromSeconds(8), CancellationToken) is not { Name: "heartbeat" })
        {
        }

        await Task.WhenAll(nodes.All.Select(node => node.StartAsync()));
        await stream.HoldsAsync("all nodes are online", map => map.State == "whole");
    }
}
