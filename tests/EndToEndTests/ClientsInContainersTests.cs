using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using EndToEndTests.App;
using Support;
using Xunit;

namespace EndToEndTests;

/// <summary>Clients in containers that reference the cluster: the address map leads them to nodes that announce localhost.</summary>
public sealed class ClientsInContainersTests
{
    private const int ApiKeys = 500;
    private const string RoundBegin = "{\"failed\":";
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan LongestFailover = TimeSpan.FromSeconds(60);
    private static readonly string[] Loops = ["ioredis", "redis-py"];
    private static readonly string[] Clients = [.. Loops, "without-map", "sample-api"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Form", nameof(NodeForm.Container))]
    public Task ThreeLanguagesGoOnThroughAFailoverAndACrashOfContainers() => GoOnAsync(NodeForm.Container);

    // Through the orchestrator's tunnel, where ioredis does not leave a node that crashed: docs/addresses.md.
    [Fact]
    [Trait("Form", nameof(NodeForm.Process))]
    public Task ThreeLanguagesGoOnThroughAFailoverOfProcesses() => GoOnAsync(NodeForm.Process);

    [Theory]
    [InlineData("js", "rounds.mjs", "node-redis")]
    [InlineData("python", "rounds.py", "no other")]
    public async Task DocsSayWhatTheClientsDo(string language, string script, string otherClient)
    {
        var docs = await File.ReadAllTextAsync(Repository.PathOf("docs", "client.md"), Token);
        var code = await File.ReadAllTextAsync(Repository.PathOf("tests", "EndToEndTests", "clients", script), Token);
        Assert.All(
            docs.Split($"```{language}\n")[1].Split("\n```")[0].Split('\n').Where(line => !line.Contains(otherClient, StringComparison.Ordinal)),
            line => Assert.Contains(line.Split("  ")[0], code, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ImageOfAMissingProgramIsRefusedInOneSentence()
    {
        var script = Repository.PathOf("eng", "images", "from-host");
        var run = await ToolRun.StartAsync(script, ["redis-cluster-aspire/never:made", "no-such-program"], Token);
        Assert.Equal((1, $"{script}: program no-such-program is not on PATH.\n"), (run.ExitCode, run.Error));
    }

    private static async Task GoOnAsync(NodeForm form)
    {
        var settings = new AppHostSettings(form) { Further = ["DcpPublisher:RandomizePorts=true"] };
        Assert.SkipWhen(form == NodeForm.Process && !await ContainerEngine.BuildsAsync(Token), "'docker buildx' is missing, by which the orchestrator builds its tunnel to processes: install docker-buildx.");
        var image = await ClientImage.NameAsync(Token);
        var (scripts, python) = (await NodeScripts.InstalledAsync(Token), await ClientImage.RedisPyAsync(Token));
        await using var tunnel = form == NodeForm.Process ? await TunnelImage.EnsureAsync(image, Token) : null;
        await using var run = await RunningAppHost.StartAsync(settings, Add, Token);
        using var api = run.CreateClient();
        await run.UntilAsync(resources => Clients.All(name => resources[name].Any(client => client.State?.Text == "Running")), "each client is running", LongestStart, Token);
        await UntilAllGoOnAsync(run, api);

        var nodes = Assert.Single(run.Clusters).Nodes;
        await run.ExecuteAsync(await NodeThatIsAsync("slave"), "failover", Token);
        await UntilAllGoOnAsync(run, api);
        if (form == NodeForm.Container)
        {
            await run.ExecuteAsync(await NodeThatIsAsync("master"), "crash", Token);
            await UntilAllGoOnAsync(run, api);
        }

        foreach (var client in Loops)
        {
            Assert.All(await RoundsAsync(run, client), round => Assert.Equal(0, round.Wrong));
        }

        // It waits for ever: ioredis connects to the announced addresses, which are its own container.
        var without = await run.LinesAsync("without-map", Token);
        Assert.Contains(without, line => line.Contains("nodes ", StringComparison.Ordinal));
        Assert.DoesNotContain(Rounds(without), round => round.Failed == 0);

        async Task<string> NodeThatIsAsync(string role)
        {
            foreach (var node in nodes)
            {
                if (await settings.RoleAsync(node.Port, Token) == role)
                {
                    return node.Name;
                }
            }

            throw new ExpectationException($"Expected a node whose role is {role}, found none.");
        }

        void Add(IDistributedApplicationBuilder builder)
        {
            var redis = builder.AddRedisCluster("redis").WithNodeTimeout(TimeSpan.FromSeconds(2));
            Client("ioredis", "node", "/clients/rounds.mjs");
            Client("without-map", "node", "/clients/rounds.mjs", "without");
            Client("redis-py", "python3", "/clients/rounds.py").WithBindMount(python, "/python", isReadOnly: true);
            Client("sample-api", "dotnet", "/api/SampleApi.dll").WithBindMount(ClientImage.SampleApi, "/api", isReadOnly: true)
                .WithHttpEndpoint(targetPort: 8080).WithEnvironment("HTTP_PORTS", "8080");

            IResourceBuilder<ContainerResource> Client(string name, string program, params string[] arguments) =>
                builder.AddContainer(name, image).WithEntrypoint(program).WithArgs(arguments).WithBindMount(scripts, "/clients", isReadOnly: true).WithReference(redis).WaitFor(redis);
        }
    }

    // A round that was under way now says nothing; the one after it does.
    private static async Task UntilAllGoOnAsync(RunningAppHost run, HttpClient api)
    {
        foreach (var client in Loops)
        {
            var begun = (await RoundsAsync(run, client)).Count + 1;
            IReadOnlyList<string> lines = [];
            await Eventually.HoldsAsync(
                $"{client} goes on", async token => Rounds(lines = await run.LinesAsync(client, token)).Skip(begun).Any(round => round.Failed == 0), LongestFailover,
                () => string.Join('\n', lines), TimeSpan.FromMilliseconds(200));
        }

        var last = new Round(0, 0, null);
        await Eventually.HoldsAsync("sample-api goes on", async token => (last = await RoundAsync(api, token)).Failed == 0, LongestFailover, () => $"{last}", TimeSpan.FromMilliseconds(100));
    }

    private static async Task<IReadOnlyList<Round>> RoundsAsync(RunningAppHost run, string client) => Rounds(await run.LinesAsync(client, Token));

    private static IReadOnlyList<Round> Rounds(IEnumerable<string> lines) =>
        [.. lines.Where(line => line.Contains(RoundBegin, StringComparison.Ordinal)).Select(line => JsonSerializer.Deserialize<Round>(line[line.IndexOf('{')..], JsonSerializerOptions.Web)!)];

    private static async Task<Round> RoundAsync(HttpClient api, CancellationToken cancellationToken)
    {
        var (failed, error) = (0, (string?)null);
        await Parallel.ForAsync(0, ApiKeys, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken }, async (number, token) =>
        {
            var key = new Uri($"/kv/api:{number}", UriKind.Relative);
            try
            {
                using var body = new StringContent($"value of {number}");
                using var written = await api.PutAsync(key, body, token);
                written.EnsureSuccessStatusCode();
                Assert.Equal($"value of {number}", await api.GetStringAsync(key, token));
            }
            catch (HttpRequestException exception)
            {
                Interlocked.Increment(ref failed);
                error = exception.Message;
            }
        });
        return new Round(failed, 0, error);
    }

    private sealed record Round(int Failed, int Wrong, string? Error);
}
