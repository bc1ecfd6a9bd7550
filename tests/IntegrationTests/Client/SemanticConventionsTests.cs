using System.Diagnostics;
using StackExchange.Redis;
using Xunit;

namespace IntegrationTests.Client;

/// <summary>Every span of every kind of call, attribute by attribute, against OpenTelemetry's conventions for Redis clients.</summary>
/// <remarks>https://opentelemetry.io/docs/specs/semconv/db/redis/</remarks>
public sealed class SemanticConventionsTests(SharedCluster cluster) : ClusterTest
{
    private static readonly Dictionary<string, Type> Required = new()
    {
        ["db.system.name"] = typeof(string),
        ["db.operation.name"] = typeof(string),
        ["db.namespace"] = typeof(string),
        ["server.address"] = typeof(string),
        ["server.port"] = typeof(int),
        ["network.peer.address"] = typeof(string),
        ["network.peer.port"] = typeof(int),
        ["peer.service"] = typeof(string), // not of the database conventions: a dashboard names the other end by it
    };

    private static readonly Dictionary<string, Type> OfFailedCalls = new() { ["error.type"] = typeof(string), ["db.response.status_code"] = typeof(string) };

    [Theory]
    [InlineData("GET")]
    [InlineData("SET")]
    [InlineData("HSET")]
    [InlineData("XADD")]
    [InlineData("EVAL")]
    [InlineData("PUBLISH")]
    [InlineData("MULTI")]
    public async Task ASuccessfulCall(string operation)
    {
        var span = await SpanOfAsync(operation);
        ExpectAttributes(span, Required);
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
    }

    [Fact]
    public async Task AFailedCall()
    {
        var span = await SpanOfAsync("LLEN");
        ExpectAttributes(span, new Dictionary<string, Type>([.. Required, .. OfFailedCalls]));
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Equal(("WRONGTYPE", "WRONGTYPE"), (span.GetTagItem("error.type"), span.GetTagItem("db.response.status_code")));
    }

    [Fact]
    public async Task ABatchIsOneSpanForEachOfItsCommandsSinceTheyGoToDifferentNodes()
    {
        await using var host = await StartAsync();
        using (ClientHost.Callers.StartActivity("caller"))
        {
            var batch = host.Get<IDatabase>().CreateBatch();
            var reads = Enumerable.Range(0, 10).Select(i => batch.StringGetAsync($"key:{i}")).ToList();
            batch.Execute();
            await Task.WhenAll(reads);
        }

        var spans = host.Commands();
        Assert.Equal(10, spans.Count);
        Assert.True(spans.Select(span => span.GetTagItem("server.port")).Distinct().Count() > 1, "Expected ten keys to lie on several nodes.");
        Assert.All(spans, span => ExpectAttributes(span, Required));
    }

    private async Task<Activity> SpanOfAsync(string operation)
    {
        await using var host = await StartAsync();
        var key = Guid.NewGuid().ToString("N");
        await host.Get<IDatabase>().StringSetAsync(key, "text");
        using (ClientHost.Callers.StartActivity("caller"))
        {
            await CallAsync(host.Get<IDatabase>(), operation, key);
        }

        var span = Assert.Single(host.Commands(), span => span.ParentSpanId != default);
        Assert.Equal(operation, span.GetTagItem("db.operation.name"));
        Assert.DoesNotContain(span.TagObjects, tag => $"{tag.Value}".Contains(key, StringComparison.Ordinal));
        return span;
    }

    private static async Task CallAsync(IDatabase database, string operation, string key)
    {
        switch (operation)
        {
            case "GET": await database.StringGetAsync(key); break;
            case "SET": await database.StringSetAsync(key, "value"); break;
            case "HSET": await database.HashSetAsync($"{key}:hash", "field", "value"); break;
            case "XADD": await database.StreamAddAsync($"{key}:stream", "field", "value"); break;
            case "EVAL": await database.ScriptEvaluateAsync("return redis.call('GET', KEYS[1])", [key], flags: CommandFlags.NoScriptCache); break;
            case "PUBLISH": await database.PublishAsync(RedisChannel.Literal(key), "value"); break;
            case "LLEN": await Assert.ThrowsAsync<RedisServerException>(() => database.ListLengthAsync(key)); break;
            case "MULTI":
                var transaction = database.CreateTransaction();
                var set = transaction.StringSetAsync(key, "value");
                var added = transaction.SetAddAsync($"{{{key}}}:set", "member");
                Assert.True(await transaction.ExecuteAsync());
                await Task.WhenAll(set, added);
                break;
            default: throw new ArgumentOutOfRangeException(nameof(operation), operation, null);
        }
    }

    private static void ExpectAttributes(Activity span, Dictionary<string, Type> expected)
    {
        Assert.Equal(expected.OrderBy(entry => entry.Key, StringComparer.Ordinal), span.TagObjects.Select(tag => KeyValuePair.Create(tag.Key, tag.Value!.GetType())).OrderBy(entry => entry.Key, StringComparer.Ordinal));
        Assert.Equal(ActivityKind.Client, span.Kind);
        Assert.Equal("redis", span.GetTagItem("db.system.name"));
        Assert.Equal($"{span.GetTagItem("db.operation.name")} {span.GetTagItem("server.address")}:{span.GetTagItem("server.port")}", span.DisplayName);
        Assert.Equal((span.GetTagItem("server.port"), "127.0.0.1"), (span.GetTagItem("network.peer.port"), span.GetTagItem("network.peer.address")));
    }

    private async Task<ClientHost> StartAsync() => await ClientHost.StartAsync(FormedCluster.ConnectionString(await cluster.NodesAsync()), cancellationToken: CancellationToken);
}
