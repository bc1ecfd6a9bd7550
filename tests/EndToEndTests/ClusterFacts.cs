using System.Globalization;
using System.Net;
using System.Text.Json;
using EndToEndTests.App;
using Xunit;
using ProcessTable = Support.ProcessTable;

namespace EndToEndTests;

/// <summary>What holds while AppHost runs, whatever the nodes are.</summary>
public abstract class ClusterFacts(RunningApp app)
{
    private const int KeyCount = 10_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LoginLineOpensTheDashboard()
    {
        var run = await app.StartedAsync(Token);
        var login = run.LoginUrl;
        Assert.StartsWith($"http://localhost:{run.Settings.DashboardPort}/login?t=", login.ToString(), StringComparison.Ordinal);
        using var client = new HttpClient();
        using var response = await client.GetAsync(login, Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task NodesAndSampleApiAreHealthyAndTheInitializerSucceeded()
    {
        var run = await app.StartedAsync(Token);
        await run.WaitForWholeClusterAsync(TimeSpan.FromSeconds(30), Token);
    }

    [Fact]
    public async Task TenThousandKeysAreReadBackThroughTheApi()
    {
        var run = await app.StartedAsync(Token);
        using var client = new HttpClient { BaseAddress = run.Settings.Api };
        var options = new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Token };
        await Parallel.ForAsync(0, KeyCount, options, async (number, token) =>
        {
            using var body = new StringContent($"value {number}");
            using var response = await client.PutAsync(new Uri($"/kv/e2e:{number}", UriKind.Relative), body, token);
            Assert.True(response.IsSuccessStatusCode, $"PUT /kv/e2e:{number} answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(token)}");
        });
        await Parallel.ForAsync(0, KeyCount, options, async (number, token)
            => Assert.Equal($"value {number}", await client.GetStringAsync(new Uri($"/kv/e2e:{number}", UriKind.Relative), token)));
    }

    [Fact]
    public async Task RedisCliOnTheHostFollowsEveryRedirection()
    {
        var run = await app.StartedAsync(Token);
        for (var number = 0; number < 30; number++)
        {
            var value = number.ToString(CultureInfo.InvariantCulture);
            Assert.Equal("OK", (await run.RedisCliAsync(run.Settings.FirstPort, ["-c", "SET", $"cli:{number}", value], Token)).Trim());
            Assert.Equal(value, (await run.RedisCliAsync(run.Settings.FirstPort + 1, ["-c", "GET", $"cli:{number}"], Token)).Trim());
        }
    }

    [Fact]
    public async Task RedisCliFindsTheClusterWhole()
    {
        var run = await app.StartedAsync(Token);
        var check = await run.ClusterCheckAsync(Token);
        Assert.Contains("[OK] All nodes agree about slots configuration.", check, StringComparison.Ordinal);
        Assert.Contains("[OK] All 16384 slots covered.", check, StringComparison.Ordinal);
        Assert.DoesNotContain("[WARNING]", check, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClientOfAnotherLanguageNeedsOnlyOneAnnouncedAddress()
    {
        var run = await app.StartedAsync(Token);
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
        Assert.DoesNotContain(ProcessTable.OfRun(run.Settings.Marker), process => process.CommandLine.Contains(run.Settings.Password, StringComparison.Ordinal));
        Assert.DoesNotContain(run.Settings.Password, run.Output, StringComparison.Ordinal);
        foreach (var resource in (await run.WaitForWholeClusterAsync(TimeSpan.FromSeconds(30), Token)).SelectMany(instances => instances).Where(resource => !resource.IsHidden))
        {
            Assert.DoesNotContain(await run.Resources.ConsoleAsync(resource, Token), line => line.Contains(run.Settings.Password, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task StoppedPrimaryIsReplacedAndComesBackAsReplica()
    {
        var run = await app.StartedAsync(Token);
        await run.WaitForWholeClusterAsync(TimeSpan.FromSeconds(30), Token);
        var primary = await run.AnyPrimaryAsync(Token);
        var replica = await run.ReplicaOfAsync(primary, Token);

        await run.Resources.ExecuteAsync(run.NodeName(primary), "stop", Token);
        await Wait.UntilAsync(async token => await run.RoleAsync(replica, token) == "master", TimeSpan.FromSeconds(30),
            () => $"The replica on port {replica} of the stopped primary on port {primary} is not promoted within 30 s.", Token);
        using var client = new HttpClient { BaseAddress = run.Settings.Api };
        await Wait.UntilAsync(async token => await Http.StatusOrNoneAsync(client, "/health", token) == 200, TimeSpan.FromSeconds(30),
            () => "sample-api is not healthy again within 30 s of the failover.", Token);

        await run.Resources.ExecuteAsync(run.NodeName(primary), "start", Token);
        await Wait.UntilAsync(async token => await run.RoleAsync(primary, token) == "slave", TimeSpan.FromSeconds(30),
            () => $"The node on port {primary} did not come back as a replica within 30 s.", Token);
        await run.WaitForWholeClusterAsync(TimeSpan.FromSeconds(60), Token);
    }

    [Fact]
    public async Task SecondInstanceFailsAndTheFirstIsUnharmed()
    {
        var run = await app.StartedAsync(Token);
        // Everything of its own but the nodes' ports.
        var second = new AppHostSettings(run.Settings.Form) { FirstPort = run.Settings.FirstPort };
        await Refusal.OfAsync(second, [$"{run.Settings.FirstPort}", "redis-node-1", "RedisCluster:FirstPort"], Token);
        using var client = new HttpClient { BaseAddress = run.Settings.Api };
        Assert.Equal(200, await Http.StatusOrNoneAsync(client, "/health", Token));
    }
}
