using System.Diagnostics;
using StackExchange.Redis;
using Xunit;

namespace IntegrationTests.Client;

public sealed class CommandSpanTests : ClusterTest
{
    private RedisNodes _nodes = null!;
    private ClientHost _host = null!;

    public override async ValueTask InitializeAsync()
    {
        _nodes = await StartClusterAsync();
        _host = await ClientHost.StartAsync(FormedCluster.ConnectionString(_nodes), cancellationToken: CancellationToken);
    }

    [Fact]
    public async Task ASpanNamesTheCommandAndTheNodeThatAnsweredBelowItsCaller()
    {
        await using var host = _host;
        var database = host.Get<IDatabase>();
        ActivityContext caller;
        using (var activity = ClientHost.Callers.StartActivity("caller")!)
        {
            caller = activity.Context;
            await database.StringSetAsync("key that must not be seen", "value that must not be seen");
        }

        var primary = await FormedCluster.PrimaryOfAsync(_nodes, _nodes[0], "key that must not be seen");
        var span = Assert.Single(host.RecordedCommands()); // at the end of its caller: nothing was flushed
        Assert.Equal($"SET localhost:{primary.Port}", span.DisplayName);
        Assert.Equal(ActivityKind.Client, span.Kind);
        Assert.Equal(caller.TraceId, span.TraceId);
        Assert.Equal(caller.SpanId, span.ParentSpanId);
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
        Assert.Equal(
            [
                new("db.namespace", "0"),
                new("db.operation.name", "SET"),
                new("db.system.name", "redis"),
                new("network.peer.address", "127.0.0.1"),
                new("network.peer.port", primary.Port),
                new("peer.service", $"localhost:{primary.Port}"),
                new("server.address", "localhost"),
                new("server.port", primary.Port),
            ],
            span.TagObjects.OrderBy(tag => tag.Key, StringComparer.Ordinal));
        Assert.InRange(span.Duration, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task AnErrorOfTheServerIsItsFirstWordAndOnTheCommandThatFailed()
    {
        await using var host = _host;
        var database = host.Get<IDatabase>();
        using (ClientHost.Callers.StartActivity("caller"))
        {
            await database.StringSetAsync("text", "no number");
            var failing = Assert.ThrowsAsync<RedisServerException>(() => database.ListLengthAsync("text"));
            await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => database.StringGetAsync("text")));
            await failing;
            await Assert.ThrowsAsync<RedisServerException>(() => database.StringIncrementAsync("text"));
        }

        var commands = host.Commands();
        var wrongType = Assert.Single(commands, span => span.DisplayName.StartsWith("LLEN ", StringComparison.Ordinal));
        Assert.Equal(("WRONGTYPE", "WRONGTYPE", ActivityStatusCode.Error), (wrongType.GetTagItem("error.type"), wrongType.GetTagItem("db.response.status_code"), wrongType.Status));
        var noNumber = Assert.Single(commands, span => span.DisplayName.StartsWith("INCR ", StringComparison.Ordinal));
        Assert.Equal("ERR", noNumber.GetTagItem("db.response.status_code"));
        Assert.Equal(2, commands.Count(span => span.Status == ActivityStatusCode.Error));
        Assert.Equal(53, commands.Count);
    }

    [Fact]
    public async Task ManyCallersAtOnceEachHaveTheirOwnCommands()
    {
        await using var host = _host;
        var database = host.Get<IDatabase>();
        // Their ids are kept here: the source of the callers is one for all tests, and others run beside this one.
        var callers = await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            using var activity = ClientHost.Callers.StartActivity($"caller {i}")!;
            for (var n = 0; n <= i % 5; n++)
            {
                await database.StringGetAsync($"key:{i}:{n}");
            }

            return activity.SpanId;
        }));

        var commands = host.Commands().ToLookup(span => span.ParentSpanId);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (i % 5) + 1), callers.Select(caller => commands[caller].Count()));
    }

    [Fact]
    public async Task ACommandThatOutlivesItsCallerOrHasNoneIsRecordedToo()
    {
        await using var host = _host;
        var database = host.Get<IDatabase>();
        Task background;
        ActivitySpanId parent;
        using (var activity = ClientHost.Callers.StartActivity("caller")!)
        {
            parent = activity.SpanId;
            background = database.StringGetAsync("later");
        }

        await background;
        Activity.Current = null;
        await database.KeyExistsAsync("nobody asked");

        var commands = host.Commands();
        Assert.Equal(parent, Assert.Single(commands, span => span.DisplayName.StartsWith("GET ", StringComparison.Ordinal)).ParentSpanId);
        Assert.Equal(default, Assert.Single(commands, span => span.DisplayName.StartsWith("EXISTS ", StringComparison.Ordinal)).ParentSpanId);
    }

    [Fact]
    public async Task ARedirectedCommandIsOneSpanWithAnEvent()
    {
        await using var host = _host;
        var database = host.Get<IDatabase>();
        var (owner, target) = await FormedCluster.MoveSlotOfAsync(_nodes, "moving");
        using (ClientHost.Callers.StartActivity("caller"))
        {
            await database.StringGetAsync("moving");
        }

        var span = Assert.Single(host.Commands());
        Assert.Equal($"GET localhost:{target.Port}", span.DisplayName);
        var redirect = Assert.Single(span.Events);
        Assert.Equal("redis.redirect", redirect.Name);
        Assert.Equal([new("redis.redirect.reason", "MOVED"), new("server.address", "localhost"), new("server.port", owner.Port)], redirect.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task WithTracingOffNothingIsRecorded()
    {
        await _host.DisposeAsync(); // its spans would be collected too: a source is known by its name
        await using var host = await ClientHost.StartAsync(FormedCluster.ConnectionString(_nodes), settings => settings.DisableTracing = true, CancellationToken);
        using (ClientHost.Callers.StartActivity("caller"))
        {
            await host.Get<IDatabase>().StringGetAsync("key");
        }

        Assert.Equal([], host.Commands().Select(span => span.DisplayName));
    }
}
