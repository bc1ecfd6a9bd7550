using System.Globalization;
using System.Text.Json;
using EndToEndTests.App;
using Support;
using Xunit;
using ProcessTable = Support.ProcessTable;

namespace EndToEndTests;

/// <summary>What holds while AppHost runs, whatever the nodes are.</summary>
public abstract class ClusterFacts(SharedApp app)
{
    private const int KeyCount = 10_000;
    private static readonly TimeSpan LongestFailover = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TenThousandKeysAreReadBackThroughTheApi()
    {
        var run = await app.StartedAsync(Token);
        using var client = run.CreateClient();
        var options = new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Token };
        await Parallel.ForAsync(0, KeyCount, options, async (number, token) =>
        {
            using var body = new StringContent($"value {number}");
            using var response = await client.PutAsync(new Uri($"/kv/e2e:{number}", UriKind.Relative), body, token);
            Assert.True(response.IsSuccessStatusCode, $"PUT /kv/e2e:{number} answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(token)}");
        });
        await Parallel.ForAsync(0, KeyCount, options, async (number, token) =>
            Assert.Equal($"value {number}", await client.GetStringAsync(new Uri($"/kv/e2e:{number}", UriKind.Relative), token)));
    }

    [Fact]
    public async Task RedisCliOnTheHostFollowsEveryRedirection()
    {
        var run = await app.StartedAsync(Token);
        for (var number = 0; number < 30; number++)
        {
            var value = number.ToString(CultureInfo.InvariantCulture);
            Assert.Equal("OK", (await CliAsync(0, "SET", $"cli:{number}", value)).Trim());
            Assert.Equal(value, (await CliAsync(1, "GET", $"cli:{number}")).Trim());
        }

        Task<string> CliAsync(int node, params string[] command) =>
            run.Settings.RedisCliAsync(["-h", "localhost", "-p", (run.Settings.FirstPort + node).ToString(CultureInfo.InvariantCulture), "-c", .. command], Token);
    }

    [Fact]
    public async Task RedisCliFindsTheClusterWhole()
    {
        var run = await app.StartedAsync(Token);
        await run.Settings.CheckWithRedisCliAsync(Token);
    }

    [Fact]
    public async Task ClientOfAnotherLanguageNeedsOnlyOneAnnouncedAddress()
    {
        var run = await app.StartedAsync(Token);
        await run.UntilWholeAsync(TimeSpan.FromSeconds(30), Token);
        var report = await NodeScripts.RunAsync("cluster-client.mjs", [$"localhost:{run.Settings.FirstPort}", run.Settings.Password], Token);
        using var document = JsonDocument.Parse(report);
        Assert.Equal(run.Settings.NodePorts.Select(port => $"localhost:{port}"),
            document.RootElement.GetProperty("nodes").EnumerateArray().Select(node => node.GetString()).Order(StringComparer.Ordinal));
        Assert.Equal(500, document.RootElement.GetProperty("readBack").GetInt32());
    }

    [Fact]
    public async Task PasswordIsInNoCommandLineAndNoLog()
    {
        var run = await app.StartedAsync(Token);
        Assert.DoesNotContain(ProcessTable.All(), process => process.CommandLine.Contains(run.Settings.Password, StringComparison.Ordinal));
        Assert.DoesNotContain(run.Settings.Password, run.Output, StringComparison.Ordinal);
        foreach (var resource in await run.UntilWholeAsync(TimeSpan.FromSeconds(30), Token))
        {
            var lines = await run.LinesAsync(resource.Key, Token);
            Assert.True(lines.Count > 0 || resource.Key is not ("cluster-initializer" or "redis-node-1"), $"Expected {resource.Key} to have printed something.");
            Assert.DoesNotContain(lines, line => line.Contains(run.Settings.Password, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task StoppedPrimaryIsReplacedAndComesBackAsReplica()
    {
        var run = await app.StartedAsync(Token);
        await run.UntilWholeAsync(TimeSpan.FromSeconds(30), Token);
        var primary = await run.Settings.AnyPrimaryAsync(Token);
        var replica = await run.Settings.ReplicaOfAsync(primary, Token);

        await run.ExecuteAsync(run.Settings.NodeName(primary), "stop", Token);
        await Eventually.HoldsAsync($"the replica on port {replica} of the stopped primary on port {primary} is promoted",
            async token => await run.Settings.RoleAsync(replica, token) == "master", LongestFailover);
        using var client = run.CreateClient();
        await Eventually.HoldsAsync("sample-api is healthy again", async token => await Http.StatusOrNoneAsync(client, "/health", token) == 200, LongestFailover);

        await run.ExecuteAsync(run.Settings.NodeName(primary), "start", Token);
        await Eventually.HoldsAsync($"the node on port {primary} comes back as a replica", async token => await run.Settings.RoleAsync(primary, token) == "slave", LongestFailover);
        await run.UntilWholeAsync(TimeSpan.FromSeconds(60), Token);
    }

    [Fact]
    public async Task SecondAppHostOnTheSamePortsIsRefusedAndTheFirstIsUnharmed()
    {
        var run = await app.StartedAsync(Token);
        // Everything of its own but the nodes' ports.
        var second = new AppHostSettings(run.Settings.Form) { FirstPort = run.Settings.FirstPort };
        await Refusal.OfAsync(second, [$"{run.Settings.FirstPort}", "redis-node-1", "RedisCluster:FirstPort"], Token);
        using var client = run.CreateClient();
        Assert.Equal(200, await Http.StatusOrNoneAsync(client, "/health", Token));
    }
}
