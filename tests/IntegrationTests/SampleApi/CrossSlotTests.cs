using IntegrationTests.Client;
using Microsoft.Extensions.DependencyInjection;
using RedisCluster.Wire;
using StackExchange.Redis;
using Support;
using Xunit;

namespace IntegrationTests.SampleApi;

/// <summary>The trap that every back end meets on a cluster first, and the way out: docs/patterns.md quotes both.</summary>
public sealed class CrossSlotTests(SharedCluster cluster)
{
    [Fact]
    public async Task KeysOfDifferentSlotsAreRefusedByTheDriverAndByTheServer()
    {
        var nodes = await cluster.NodesAsync();
        await using var api = ApiUnderTest.Start(nodes);
        var redis = api.Services.GetRequiredService<IDatabase>();

        var refused = await Assert.ThrowsAsync<RedisCommandException>(() => redis.StringSetAsync([new("user:1:name", "Ada"), new("user:1:mail", "ada@example.com")]));
        Assert.StartsWith("Multi-key operations must involve a single slot; keys can use 'hash tags' to help this", refused.Message, StringComparison.Ordinal);
        var error = await Assert.ThrowsAsync<NodeRefusedException>(() => nodes[0].AskAsync("MSET", "user:1:name", "Ada", "user:1:mail", "ada@example.com"));
        Assert.Equal("CROSSSLOT Keys in request don't hash to the same slot", error.Error);
    }

    [Fact]
    public async Task KeysWithTheSameHashTagShareASlotAndSoACommand()
    {
        await using var api = ApiUnderTest.Start(await cluster.NodesAsync());
        var redis = api.Services.GetRequiredService<IDatabase>();

        Assert.True(await redis.StringSetAsync([new("{user:1}:name", "Ada"), new("{user:1}:mail", "ada@example.com")]));
        Assert.Equal(["Ada", "ada@example.com"], (await redis.StringGetAsync(["{user:1}:name", "{user:1}:mail"])).Select(value => value.ToString()));
    }
}
