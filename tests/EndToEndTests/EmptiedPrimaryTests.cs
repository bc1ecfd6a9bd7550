using EndToEndTests.App;
using Xunit;

namespace EndToEndTests;

/// <summary>A primary that crashes, loses its data and is started again at once: its replica is promoted first, and no key is lost.</summary>
public abstract class EmptiedPrimaryFacts(NodeForm form)
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static IEnumerable<Uri> Keys => Enumerable.Range(0, 100).Select(number => new Uri($"/kv/kept:{number}", UriKind.Relative));

    [Fact]
    public async Task ReplicaKeepsTheKeysOfAPrimaryThatStartsAgainWithoutData()
    {
        // The nodes themselves replace a primary only after this long: the guard has to do it.
        var settings = new AppHostSettings(form) { Further = ["RedisCluster:DataVolumes=false", "RedisCluster:NodeTimeout=00:00:20"] };
        await using var run = await RunningAppHost.StartAsync(settings, Token);
        await run.UntilWholeAsync(LongestStart, Token);
        using var client = run.CreateClient();
        foreach (var key in Keys)
        {
            using var response = await client.PutAsync(key, new StringContent($"value of {key}"), Token);
            response.EnsureSuccessStatusCode();
        }

        var primary = await settings.AnyPrimaryAsync(Token);
        var replica = await settings.ReplicaOfAsync(primary, Token);
        var name = settings.NodeName(primary);
        await run.ExecuteAsync(name, "crash", Token);
        var ended = await run.UntilAsync(resources => resources[name].Any(node => node.State?.Text is "Exited" or "Finished"), $"{name} has ended", Limit, Token);

        // A container's data ends with it.
        if (form == NodeForm.Process)
        {
            Directory.Delete((string)ended[name].Single().Properties.Single(property => property.Name == "executable.workDir").Value!, recursive: true);
        }

        await run.ExecuteAsync(name, "start", Token);
        await run.UntilLinesAsync(name, 1, line => line.Contains($"Its replica {settings.NodeName(replica)} becomes the primary before {name} starts.", StringComparison.Ordinal), $"{name} names its replica", Limit);
        await run.UntilAsync(resources => resources[name].Any(node => node.State?.Text == "Running"), $"{name} runs", Limit, Token);
        Assert.Equal("master", await settings.RoleAsync(replica, Token));

        await run.ExecuteAsync("redis", "run-initializer", Token);
        await run.UntilAsync(resources => resources["redis"].Any(redis => redis.State?.Text == "Forming"), "redis is Forming", Limit, Token);
        await run.UntilWholeAsync(Limit, Token);
        foreach (var key in Keys)
        {
            Assert.Equal($"value of {key}", await client.GetStringAsync(key, Token));
        }
    }
}

[Trait("Form", nameof(NodeForm.Process))]
public sealed class EmptiedPrimaryProcessTests() : EmptiedPrimaryFacts(NodeForm.Process);

[Trait("Form", nameof(NodeForm.Container))]
public sealed class EmptiedPrimaryContainerTests() : EmptiedPrimaryFacts(NodeForm.Container);
