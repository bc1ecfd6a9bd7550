using Support;
using Xunit;

namespace IntegrationTests.SampleApi.Map;

public sealed class MapOfANarrowUserTests : ClusterTest
{
    [Fact]
    public async Task WhatTheUserMayNotAskIsUnknownUntilItMay()
    {
        var nodes = await StartClusterAsync();
        await GrantAsync("-cluster|shards", "-@scripting");
        await using var api = ApiUnderTest.Start(nodes, ("ConnectionStrings:redis", $"{string.Join(',', nodes.EndPoints)},user=shop,password=sells,abortConnect=false"));
        using var stream = await MapStream.OpenAsync(api.Client);
        await stream.HoldsAsync("the map is unknown, and nothing is wrong", map => map is { State: "unknown", Shards.Count: 0, Story.Count: 0 });
        Assert.Contains("NOPERM", stream.Cluster!.Reason, StringComparison.Ordinal);

        await GrantAsync("+@all");
        await stream.HoldsAsync("all is there, and nobody has joined", map => map is { State: "whole", Reason: null, Shards.Count: 3, Story.Count: 0 });

        Task GrantAsync(params string[] rights) =>
            Task.WhenAll(nodes.All.Select(node => node.AskAsync(["ACL", "SETUSER", "shop", "on", ">sells", "~*", "&*", "+@all", .. rights])));
    }
}
