using StackExchange.Redis;
using Support;
using Xunit;

namespace IntegrationTests.Client;

/// <summary>What the driver does for itself is no trace of the application, and what the application does without a trace is one.</summary>
public sealed class DriverSpansTests : ClusterTest
{
    [Fact]
    public async Task AfterAFailoverOnlyTheCallsOfTheApplicationAreSpans()
    {
        var nodes = await StartClusterAsync(nodeTimeoutMilliseconds: 1000);
        await using var host = await ClientHost.StartAsync(FormedCluster.ConnectionString(nodes), settings => settings.CommandTimeout = TimeSpan.FromSeconds(10), CancellationToken);
        var redis = host.Get<IConnectionMultiplexer>();
        var heard = 0;
        for (var channel = 0; channel < 6; channel++)
        {
            // A handler runs in the driver's context, and its call is the application's.
            await redis.GetSubscriber().SubscribeAsync(RedisChannel.Sharded($"{{{channel}}}"), (_, _) =>
            {
                _ = redis.GetDatabase().StringGetAsync("from a handler");
                Interlocked.Increment(ref heard);
            });
        }

        Assert.Equal(6, Spans(host).Count(span => span.StartsWith("SSUBSCRIBE", StringComparison.Ordinal)));
        var victim = nodes[0];
        var replica = FormedCluster.ReplicaOf(nodes, victim);
        await victim.KillAsync();
        await FormedCluster.BecomesPrimaryAsync(replica);
        await Eventually.HoldsAsync("the channels are subscribed on the new primary", async _ => (await replica.AskAsync("PUBSUB", "SHARDCHANNELS")).Items.Count > 0);
        await host.Get<IDatabaseAsync>().StringSetAsync("key", "without a parent");
        await Eventually.HoldsAsync("every channel delivers", async _ =>
        {
            for (var channel = 0; channel < 6; channel++)
            {
                await redis.GetSubscriber().PublishAsync(RedisChannel.Sharded($"{{{channel}}}"), "text");
            }

            return Volatile.Read(ref heard) >= 6;
        });
        await victim.StartAsync();
        await Eventually.HoldsAsync("the calls are recorded", () => Spans(host).Any(span => span.StartsWith("SET ", StringComparison.Ordinal)) && Spans(host).Any(span => span.StartsWith("GET ", StringComparison.Ordinal)));
        await Eventually.HoldsAsync("the driver is connected to all nodes again", () => redis.GetServers().All(server => server.IsConnected));
        var operations = Spans(host).Select(span => span.Split(' ')[0]).ToList();
        Assert.Subset(new HashSet<string> { "SSUBSCRIBE", "SPUBLISH", "SET", "GET" }, operations.ToHashSet());
        Assert.Equal(6, operations.Count(operation => operation == "SSUBSCRIBE"));
    }

    private static IReadOnlyList<string> Spans(ClientHost host) => [.. host.Commands().Select(span => span.DisplayName)];
}
