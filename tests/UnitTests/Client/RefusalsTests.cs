#pragma warning disable SER007 // The kinds of errors are experimental in the driver.
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using RedisCluster.Client;
using RedisCluster.Client.Topology;
using RedisCluster.Topology;
using StackExchange.Redis;
using Support;
using Xunit;

namespace UnitTests.Client;

public sealed class RefusalsTests
{
    private const string Full = "OOM command not allowed";
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger _logger = new();
    private readonly Refusals _refusals;
    private ShardNode _primary = Node(7001);
    private int _looks;

    public RefusalsTests() => _refusals = new Refusals("redis", ReadAsync, _time, _logger);

    [Fact]
    public async Task ANodeIsSaidOnceAndItsEndOnce()
    {
        _primary = Node(7001) with { RefusesWrites = Full };
        Fail(Full);
        await LookAsync();
        Fail(Full);
        Fail(Full + " script: 3f2a, on @user_script:1.");
        await LookAsync();
        _primary = Node(7001);
        await LinesBecomeAsync(2);
        Assert.Equal(["localhost:7001 of redis refuses writes: OOM command not allowed", "localhost:7001 of redis refuses writes no longer"], Lines());
    }

    // It may be full still: nobody has seen it write.
    [Fact]
    public async Task ANodeThatDoesNotAnswerIsLeftAsItWasUntilAnotherTakesOver()
    {
        _primary = Node(7001) with { RefusesWrites = Full };
        Fail(Full);
        await LookAsync();
        _primary = Node(7001) with { IsConnected = false };
        await LookAsync();
        Assert.Single(Lines());
        _primary = Node(7004);
        await LinesBecomeAsync(2);
        Assert.Equal("localhost:7001 of redis refuses writes no longer", Lines()[^1]);
    }

    [Fact]
    public async Task WhatNoNodeSaysOfItselfIsSaidOnceUntilThereWasNoneForAMinute()
    {
        const string Denied = "NOPERM User app has no permissions to run the 'set' command";
        Fail(Denied);
        await LookAsync();
        Fail(Denied);
        await LookAsync();
        Assert.Equal([$"Calls to redis are refused: {Denied}"], Lines());
        await LinesBecomeAsync(2);
        Assert.Equal($"No call to redis was refused for 00:01:00 with: {Denied}", Lines()[1]);
    }

    [Fact]
    public async Task WhatEndsByItselfAndErrorsOfCallsAreNotLogged()
    {
        Fail("LOADING Redis is loading the dataset in memory");
        Fail("WRONGTYPE Operation against a key holding the wrong kind of value");
        Fail("NOAUTH Authentication required.");
        await LinesBecomeAsync(1);
        Assert.Equal(["Calls to redis are refused: NOAUTH Authentication required."], Lines());
    }

    private void Fail(string message) => _refusals.Failed(new RedisServerException(RedisErrorKind.Unknown, CommandFlags.None, message));

    // Two: the first may have begun before what the test changed.
    private async Task LookAsync()
    {
        var wanted = Volatile.Read(ref _looks) + 2;
        await Eventually.HoldsAsync("two looks", () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return Volatile.Read(ref _looks) >= wanted;
        });
    }

    private Task LinesBecomeAsync(int lines) => Eventually.HoldsAsync($"{lines} lines", () =>
    {
        _time.Advance(TimeSpan.FromMilliseconds(100));
        return Lines().Count >= lines;
    }, found: () => string.Join('\n', Lines()));

    private IReadOnlyList<string> Lines() => [.. _logger.Collector.GetSnapshot().Select(record => record.Message)];

    private Task<ClusterShards> ReadAsync()
    {
        Interlocked.Increment(ref _looks);
        return Task.FromResult(new ClusterShards(_primary.Address, [new Shard(SlotSet.Parse("0-16383"), _primary, [])]));
    }

    private static ShardNode Node(int port) => new($"localhost:{port}", $"{port}", "online", true, 1000, null);
}
