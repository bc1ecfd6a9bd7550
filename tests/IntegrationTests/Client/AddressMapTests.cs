using RedisCluster.Client;
using StackExchange.Redis;
using Support;
using Xunit;

namespace IntegrationTests.Client;

/// <summary>A client in a container: nodes announce <c>localhost:port</c>, where nobody listens, and are reached elsewhere.</summary>
public sealed class AddressMapTests : ClusterTest
{
    private const string Key = "key";

    private static readonly RedisChannel Plain = RedisChannel.Literal("plain");
    private static readonly RedisChannel Sharded = RedisChannel.Sharded($"{{{Key}}}:channel");

    [Fact]
    public async Task NodesAreReachedByTheMapThroughAFailoverAndEachIsOneServer()
    {
        var (nodes, ports) = await StartAsContainersAsync();
        await using var host = await ClientHost.StartAsync(Seeds(ports), settings => settings.AddressMap = Map(nodes, ports), CancellationToken);
        var connection = host.Get<IConnectionMultiplexer>();
        var primary = await FormedCluster.PrimaryOfAsync(nodes, nodes[0], Key);
        var replica = FormedCluster.ReplicaOf(nodes, primary);
        var (plain, sharded) = (await HearAsync(connection, Plain), await HearAsync(connection, Sharded));
        await using var load = await WriteLoad.StartAsync(host.Get<IDatabaseAsync>(), Key);

        await primary.KillAsync();
        await FormedCluster.BecomesPrimaryAsync(replica);
        await load.GoesOnAsync();
        await AssertHeardAsync(host.Get<IDatabaseAsync>(), Plain, plain);
        await AssertHeardAsync(host.Get<IDatabaseAsync>(), Sharded, sharded);
        await primary.StartAsync(primary.Address);
        await Eventually.HoldsAsync("every node is connected", () => connection.GetServers().All(server => server.IsConnected));
        await load.AssertNothingFailedOrWasLostAsync();
        Assert.Equal(nodes.EndPoints.Order(), connection.GetServers().Select(server => server.EndPoint.Address()).Order());
        await EndAsync(ports);
    }

    // What the map is for: the same nodes, seeds and ports without it.
    [Fact]
    public async Task WithoutTheMapCallsGoWhereNobodyListens()
    {
        var (nodes, ports) = await StartAsContainersAsync();
        await using var host = await ClientHost.StartAsync(Seeds(ports), settings => settings.RetryFor = TimeSpan.Zero, CancellationToken);
        var connection = host.Get<IConnectionMultiplexer>();
        Assert.True(connection.IsConnected);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Record.ExceptionAsync(() => host.Get<IDatabaseAsync>().StringSetAsync($"{Key}:{i}", "value")).AsTask()));
        Assert.Contains(answers, failure => failure is RedisException);
        Assert.NotEqual(nodes.EndPoints.Order(), connection.GetServers().Where(server => server.IsConnected).Select(server => server.EndPoint.Address()).Order());
        await EndAsync(ports);
    }

    private async Task<(RedisNodes Nodes, List<PublishedPort> Ports)> StartAsContainersAsync()
    {
        var nodes = await StartNodesOnOwnAddressesAsync(6);
        var announced = nodes.All.Select(node => new PublishedPort(node)).ToList();
        await FormedCluster.FormAsync(nodes, nodeTimeoutMilliseconds: 1000);
        await EndAsync(announced);
        return (nodes, [.. nodes.All.Select(node => new PublishedPort(node, port: 0))]);
    }

    private static string Seeds(List<PublishedPort> ports) => $"{string.Join(',', ports.Select(port => $"localhost:{port.Port}"))},password={RedisNodes.Password}";

    private static string Map(RedisNodes nodes, List<PublishedPort> ports) => string.Join(',', nodes.EndPoints.Zip(ports, (announced, port) => $"{announced}=localhost:{port.Port}"));

    private static async Task EndAsync(List<PublishedPort> ports)
    {
        foreach (var port in ports)
        {
            await port.DisposeAsync();
        }
    }

    private static async Task<Func<int>> HearAsync(IConnectionMultiplexer connection, RedisChannel channel)
    {
        var heard = 0;
        await connection.GetSubscriber().SubscribeAsync(channel, (_, _) => Interlocked.Increment(ref heard));
        return () => Volatile.Read(ref heard);
    }

    private static async Task AssertHeardAsync(IDatabaseAsync database, RedisChannel channel, Func<int> heard)
    {
        var before = heard();
        await Eventually.HoldsAsync($"a message on {channel} is heard", async _ =>
        {
            await Record.ExceptionAsync(() => database.PublishAsync(channel, "words"));
            return heard() > before;
        });
    }
}
