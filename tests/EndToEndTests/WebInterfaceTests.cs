using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting;
using EndToEndTests.App;
using RedisCluster.Wire;
using Support;
using Xunit;

namespace EndToEndTests;

/// <summary>A web interface in a container of its own, where localhost is itself.</summary>
[Trait("Form", nameof(NodeForm.Container))]
public sealed class WebInterfaceTests
{
    private static readonly TimeSpan Started = TimeSpan.FromSeconds(90);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // With process nodes the container would need Aspire's tunnel, whose image is made of one from a registry.
    [Fact]
    public async Task RedisCommanderReadsKeysOfEveryShardAndDoesNotShowThePassword()
    {
        var image = await RedisCommanderImage.MakeAsync(Token);
        var settings = new AppHostSettings(NodeForm.Container) { Further = ["DcpPublisher:RandomizePorts=true"] };
        await using var run = await RunningAppHost.StartAsync(
            settings, builder => builder.AddRedisCluster("redis").WithReplicas(0).WithRedisCommander(configureContainer: container => container.WithImage(image)), Token);
        var resources = await run.UntilAsync(resources => resources["redis-commander"].Any(RunningAppHost.IsRunningAndHealthy), "redis-commander is running and healthy", Started, Token);
        using var http = new HttpClient { BaseAddress = run.Endpoint("redis-commander", "http") };
        var nodes = Assert.Single(run.Clusters).Nodes;

        foreach (var node in nodes)
        {
            await using var connection = await NodeConnection.OpenAsync(node.Setup.Reachable, user: null, settings.Password, TimeSpan.Zero, Token);
            var key = await KeyOfAsync(connection);
            await connection.SendAsync(["SET", key, node.Name], Token);
            var shown = await http.GetFromJsonAsync<JsonElement>($"apiv2/key/C%3Alocalhost%3A{nodes[0].Port}%3A0/{key}", Token);
            Assert.Equal(node.Name, shown.GetProperty("value").GetString());
        }

        var container = Assert.IsType<string>(Assert.Single(resources["redis-commander"]).Properties.Single(property => property.Name == "container.id").Value);
        Assert.DoesNotContain(settings.Password, await ContainerEngine.InspectAsync([container], Token), StringComparison.Ordinal);
        Assert.DoesNotContain(settings.Password, await Tool.RunAsync("ps", ["-ef", "-ww"], Token), StringComparison.Ordinal);
        Assert.DoesNotContain(await run.LinesAsync("redis-commander", Token), line => line.Contains(settings.Password, StringComparison.Ordinal));
    }

    // The first key that the node does not send elsewhere.
    private static async Task<string> KeyOfAsync(NodeConnection connection)
    {
        for (var number = 0; ; number++)
        {
            try
            {
                await connection.SendAsync(["GET", $"key-{number}"], Token);
                return $"key-{number}";
            }
            catch (NodeRefusedException)
            {
                Assert.True(number < 1000, "Expected a key in one of the node's slots.");
            }
        }
    }
}
