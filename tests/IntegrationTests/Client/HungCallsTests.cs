using System.Diagnostics;
using StackExchange.Redis;
using Support;
using Xunit;

namespace IntegrationTests.Client;

/// <summary>Calls whose answer is lost because their primary hangs for longer than a call may take, and then goes on: each is right, or says that it may have been applied.</summary>
public sealed class HungCallsTests : ClusterTest
{
    // What stands under {k}:1 and {k}:2 before, the call, and its right answer. Those that are repeated may give no other one.
    private static readonly Dictionary<string, (Func<IDatabaseAsync, Task<object?>> Call, object? Right, bool IsRepeated)> Calls = new()
    {
        ["GET"] = (async redis => (string?)await redis.StringGetAsync("{k}:text"), "old", true),
        ["SET"] = (async redis => await redis.StringSetAsync("{k}:1", "new"), true, true),
        ["HSET several"] = (async redis => { await redis.HashSetAsync("{k}:hash1", [new("other", "new")]); return null; }, null, true),
        ["raw GET"] = (async redis => (string?)await redis.ExecuteAsync("GET", (RedisKey)"{k}:text"), "old", true),
        ["script that is said to be safe"] = (async redis => (string?)await redis.ScriptEvaluateAsync("redis.call('SET', KEYS[1], 'x') return 'y'", ["{k}:script"], flags: CommandFlags.CommandRetryAlways), "y", true),
        ["GETDEL"] = (async redis => (string?)await redis.StringGetDeleteAsync("{k}:getdel"), "old", false),
        ["GETSET"] = (async redis => (string?)await redis.StringGetSetAsync("{k}:getset", "new"), "old", false),
        ["SET GET"] = (async redis => (string?)await redis.StringSetAndGetAsync("{k}:setget", "new"), "old", false),
        ["lock"] = (async redis => await redis.LockTakeAsync("{k}:lock", "me", TimeSpan.FromMinutes(1)), true, false),
        ["SET NX"] = (async redis => await redis.StringSetAsync("{k}:nx", "me", when: When.NotExists), true, false),
        ["SET of nothing"] = (async redis => await redis.StringSetAsync("{k}:nothing", RedisValue.Null), true, false),
        ["HSETNX"] = (async redis => await redis.HashSetAsync("{k}:hash2", "field", "me", When.NotExists), true, false),
        ["HSET one"] = (async redis => await redis.HashSetAsync("{k}:hash3", "field", "me"), true, false),
        ["SMOVE"] = (async redis => await redis.SetMoveAsync("{k}:set1", "{k}:set2", "member"), true, false),
        ["SADD"] = (async redis => await redis.SetAddAsync("{k}:set3", "member"), true, false),
        ["DEL"] = (async redis => await redis.KeyDeleteAsync("{k}:del"), true, false),
        ["HDEL"] = (async redis => await redis.HashDeleteAsync("{k}:hash1", "field"), true, false),
        ["RENAME"] = (async redis => await redis.KeyRenameAsync("{k}:rename", "{k}:renamed"), true, false),
        ["INCR"] = (async redis => await redis.StringIncrementAsync("{k}:counter"), 1L, false),
        ["raw DEL"] = (async redis => (long)await redis.ExecuteAsync("DEL", (RedisKey)"{k}:del2"), 1L, false),
        ["transaction"] = (async redis =>
        {
            var transaction = redis.CreateTransaction();
            transaction.AddCondition(Condition.KeyNotExists("{k}:guard"));
            _ = transaction.StringSetAsync("{k}:1", "new");
            _ = transaction.StringSetAsync("{k}:guard", "new");
            return await transaction.ExecuteAsync();
        }, true, false),
        ["5 MiB"] = (async redis => await redis.StringSetAsync("{k}:big", new byte[5 * 1024 * 1024]), true, false),
    };

    [Fact]
    public async Task NoAnswerIsWrong()
    {
        var nodes = await StartClusterAsync(nodeTimeoutMilliseconds: 30_000); // no failover during the test
        await using var host = await ClientHost.StartAsync(FormedCluster.ConnectionString(nodes), cancellationToken: CancellationToken);
        var primary = await FormedCluster.PrimaryOfAsync(nodes, nodes[0], "{k}");
        var redis = host.Get<IDatabaseAsync>();
        foreach (var name in new[] { "text", "getdel", "getset", "setget", "nothing", "del", "del2", "rename" })
        {
            await redis.StringSetAsync($"{{k}}:{name}", "old");
        }

        await redis.SetAddAsync("{k}:set1", "member");
        await redis.HashSetAsync("{k}:hash1", "field", "old");
        await AnswersAsync(redis, "{k}:text");

        primary.Hang();
        var calls = Calls.ToDictionary(call => call.Key, call => OutcomeAsync(call.Value.Call(redis)));
        await Task.WhenAll(calls.Where(call => !Calls[call.Key].IsRepeated).Select(call => call.Value)).WaitAsync(TimeSpan.FromSeconds(10), CancellationToken);
        primary.Resume();
        foreach (var (name, outcome) in calls)
        {
            var (answer, failure, took) = await outcome;
            var (_, right, isRepeated) = Calls[name];
            Assert.True(failure is null == isRepeated, $"{name}: found {answer ?? "nothing"} and {failure}");
            if (failure is null)
            {
                Assert.True(Equals(right, answer), $"{name}: expected {right}, found {answer}.");
                Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(13)); // RetryFor and one timeout
            }
            else
            {
                Assert.IsType<RedisTimeoutException>(failure);
                Assert.StartsWith("The call may have been applied: it was sent, and its answer did not come.", failure.Message, StringComparison.Ordinal);
                Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(5)); // and is not asked again behind the caller's back
            }
        }

        Assert.Equal(1, await redis.StringGetAsync("{k}:counter"));
    }

    // A multiplexed connection is held up by it as it is; repeated, it would be for as long again and again.
    [Fact]
    public async Task WhatBlocksIsAskedOnce()
    {
        var nodes = await StartClusterAsync();
        await using var host = await ClientHost.StartAsync(FormedCluster.ConnectionString(nodes), cancellationToken: CancellationToken);
        var redis = host.Get<IDatabaseAsync>();
        await redis.StringSetAsync("{k}:text", "old");
        foreach (var command in new string[][] { ["BLPOP", "{k}:list", "60"], ["XREAD", "BLOCK", "60000", "STREAMS", "{k}:stream", "$"] })
        {
            await Eventually.HoldsAsync("calls are answered", async _ => await OutcomeAsync(Box(redis.KeyExistsAsync("{k}:text"))) is { Answer: true });
            var (_, failure, took) = await OutcomeAsync(ExecuteAsync(redis, command));
            Assert.IsType<RedisTimeoutException>(failure);
            Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        }
    }

    // What the server did not take is repeated, whatever it does: a failover fails only what was under way.
    [Fact]
    public async Task WhatNeverLeftIsRepeatedAlsoWhenItCounts()
    {
        var nodes = await StartClusterAsync(nodeTimeoutMilliseconds: 1000);
        await using var host = await ClientHost.StartAsync(FormedCluster.ConnectionString(nodes), cancellationToken: CancellationToken);
        var redis = host.Get<IDatabaseAsync>();
        await redis.StringIncrementAsync("{k}:counter");
        await (await FormedCluster.PrimaryOfAsync(nodes, nodes[0], "{k}")).KillAsync();
        await Eventually.HoldsAsync("the connection is lost", () => host.Get<IConnectionMultiplexer>().GetServers().Any(server => !server.IsConnected));
        Assert.InRange(await redis.StringIncrementAsync("{k}:counter"), 1, 2); // the first one may be lost with its primary
    }

    [Fact]
    public async Task ByEffectEverythingThatMayIsRepeated()
    {
        var nodes = await StartClusterAsync(nodeTimeoutMilliseconds: 30_000);
        await using var host = await ClientHost.StartAsync(FormedCluster.ConnectionString(nodes), settings => settings.RepeatByEffect = true, CancellationToken);
        var redis = host.Get<IDatabaseAsync>();
        await redis.StringSetAsync("{k}:text", "old");
        await AnswersAsync(redis, "{k}:text");
        var primary = await FormedCluster.PrimaryOfAsync(nodes, nodes[0], "{k}");
        primary.Hang();
        var (delete, trim, big) = (OutcomeAsync(Box(redis.KeyDeleteAsync("{k}:text"))), OutcomeAsync(Box(TrimAsync(redis))), OutcomeAsync(Calls["5 MiB"].Call(redis)));
        await Task.WhenAll(trim, big).WaitAsync(TimeSpan.FromSeconds(10), CancellationToken); // by then each call was sent and not answered
        primary.Resume();
        Assert.Equal((false, null), ((await delete).Answer, (await delete).Failure)); // the wrong answer that this option accepts
        Assert.IsType<RedisTimeoutException>((await trim).Failure);
        Assert.IsType<RedisTimeoutException>((await big).Failure);
    }

    private static async Task<bool> TrimAsync(IDatabaseAsync redis)
    {
        await redis.ListTrimAsync("{k}:list", 1, -1);
        return true;
    }

    private static async Task<object?> ExecuteAsync(IDatabaseAsync redis, string[] command) => (await redis.ExecuteAsync(command[0], [.. command[1..].Select(argument => argument[0] == '{' ? (object)(RedisKey)argument : argument)])).IsNull;

    private static async Task<object?> Box(Task<bool> task) => await task;

    // The driver connects to a node with its first command.
    private static async Task AnswersAsync(IDatabaseAsync redis, string key) => Assert.Equal("old", await redis.StringGetAsync(key));

    private static async Task<(object? Answer, Exception? Failure, TimeSpan Took)> OutcomeAsync(Task<object?> call)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            return (await call, null, watch.Elapsed);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            return (null, exception, watch.Elapsed);
        }
    }
}
