#pragma warning disable SER007 // The faults that the policy is asked about are experimental in the driver.
using Microsoft.Extensions.Time.Testing;
using RedisCluster.Client;
using StackExchange.Redis;
using StackExchange.Redis.Availability;
using Xunit;

namespace UnitTests.Client;

public sealed class RepeatSafeCommandsTests
{
    private static readonly TimeSpan RetryFor = TimeSpan.FromSeconds(12);

    private readonly FakeTimeProvider _time = new();
    private bool _isConnected = true;
    private int _timeouts;

    [Theory]
    [InlineData(CommandFlags.CommandRetryAlways, true, true)]
    [InlineData(CommandFlags.CommandRetryReadOnly, true, true)]
    [InlineData(CommandFlags.CommandRetryWriteChecked, false, true)]
    [InlineData(CommandFlags.CommandRetryWriteLastWins, false, true)]
    [InlineData(CommandFlags.CommandRetryWriteAccumulating, false, false)]
    [InlineData(CommandFlags.CommandRetryNever, false, false)]
    public void WhatMayBeRepeatedIs(CommandFlags category, bool byDefault, bool byEffect)
    {
        Assert.Equal((byDefault, byEffect), (Ask(Policy(), category) != RetryResult.None, Ask(Policy(byEffect: true), category) != RetryResult.None));
        var isEverFirst = category != CommandFlags.CommandRetryNever;
        Assert.Equal(isEverFirst, Ask(Policy(), category, CommandStatus.WaitingToBeSent) != RetryResult.None);
    }

    // An attempt on a hung node takes a whole timeout: a count of attempts would go on for minutes.
    [Fact]
    public async Task ACallIsRepeatedForTheTimeThatWasSetHoweverLongItsAttemptsTake()
    {
        var policy = Policy();
        Assert.Equal(12, await RepetitionsAsync(policy, TimeSpan.FromSeconds(1)));
        Assert.Equal(6, await RepetitionsAsync(policy, TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public async Task TheTimeOfOneCallIsNotThatOfTheNext()
    {
        var policy = Policy();
        await RepetitionsAsync(policy, TimeSpan.FromSeconds(5));
        Assert.Equal(3, await RepetitionsAsync(policy, TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void NothingIsRepeatedBeforeTheFirstConnection()
    {
        _isConnected = false;
        Assert.Equal(RetryResult.None, Ask(Policy(), CommandFlags.CommandRetryReadOnly));
    }

    [Fact]
    public void WhenEveryNodeIsAwayItIsRepeatedForTwoSecondsOnly()
    {
        var policy = Policy();
        Assert.NotEqual(RetryResult.None, Ask(policy, CommandFlags.CommandRetryReadOnly));
        _isConnected = false;
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.NotEqual(RetryResult.None, Ask(policy, CommandFlags.CommandRetryReadOnly));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(RetryResult.None, Ask(policy, CommandFlags.CommandRetryReadOnly));
    }

    // The whole list of the driver: what is new in it is no state that ends by itself until somebody has looked.
    [Fact]
    public async Task AnErrorOfTheServerIsRepeatedOnlyWhenItEndsByItself()
    {
        var repeated = Enum.GetValues<RedisErrorKind>().Where(kind => AskServerError(Policy(), kind) != RetryResult.None).ToList();
        RedisErrorKind[] expected =
        [
            RedisErrorKind.Loading, RedisErrorKind.ClusterDown, RedisErrorKind.MasterDown, RedisErrorKind.TryAgain, RedisErrorKind.NoReplicas, RedisErrorKind.Busy, RedisErrorKind.MaxClients,
            RedisErrorKind.Moved, RedisErrorKind.Ask, RedisErrorKind.ReadOnly, RedisErrorKind.UnknownRedirectTarget,
        ];
        Assert.Equal(expected, repeated);
        Assert.Equal([(RedisErrorKind.Loading, 12), (RedisErrorKind.NoReplicas, 3), (RedisErrorKind.ReadOnly, 3)],
        [
            (RedisErrorKind.Loading, await RepetitionsAsync(Policy(), TimeSpan.FromSeconds(1), policy => AskServerError(policy, RedisErrorKind.Loading))),
            (RedisErrorKind.NoReplicas, await RepetitionsAsync(Policy(), TimeSpan.FromSeconds(1), policy => AskServerError(policy, RedisErrorKind.NoReplicas))),
            (RedisErrorKind.ReadOnly, await RepetitionsAsync(Policy(), TimeSpan.FromSeconds(1), policy => AskServerError(policy, RedisErrorKind.ReadOnly))),
        ]);
    }

    // The new primary has no replica yet: that begins when the wait for its promotion is over.
    [Fact]
    public async Task TheWaitForAFailoverIsNoneForWhatComesAfterIt()
    {
        var policy = Policy();
        var faults = 0;
        Assert.Equal(8, await RepetitionsAsync(policy, TimeSpan.FromSeconds(1), asked => ++faults <= 5 ? Ask(asked, CommandFlags.CommandRetryReadOnly) : AskServerError(asked, RedisErrorKind.NoReplicas)));
    }

    // A hung node is noticed by nothing else.
    [Fact]
    public void TimeoutsAreTold()
    {
        var policy = Policy();
        Ask(policy, CommandFlags.CommandRetryReadOnly);
        Assert.Equal(0, _timeouts);
        policy.CanRetry(new FaultContext(new RedisTimeoutException(CommandFlags.CommandRetryReadOnly, "late", CommandStatus.Sent)));
        Assert.Equal(1, _timeouts);
    }

    // The shape of the driver's loop: one asynchronous method for each call, asked after each failed attempt.
    private Task<int> RepetitionsAsync(RepeatSafeCommands policy, TimeSpan attempt) => RepetitionsAsync(policy, attempt, asked => Ask(asked, CommandFlags.CommandRetryReadOnly));

    private async Task<int> RepetitionsAsync(RepeatSafeCommands policy, TimeSpan attempt, Func<RepeatSafeCommands, RetryResult> ask)
    {
        for (var repetitions = 0; ; repetitions++)
        {
            await Task.Yield();
            _time.Advance(attempt);
            if (ask(policy) == RetryResult.None)
            {
                return repetitions;
            }
        }
    }

    private RepeatSafeCommands Policy(bool byEffect = false)
    {
        var policy = new RepeatSafeCommands(RetryFor, byEffect, _time);
        policy.Watch(() => _isConnected, () => _timeouts++);
        return policy;
    }

    private static RetryResult AskServerError(RepeatSafeCommands policy, RedisErrorKind kind) =>
        policy.CanRetry(new FaultContext(new RedisServerException(kind, CommandFlags.CommandRetryReadOnly, "refused")));

    private static RetryResult Ask(RepeatSafeCommands policy, CommandFlags category, CommandStatus status = CommandStatus.Sent) =>
        policy.CanRetry(new FaultContext(new RedisConnectionException(ConnectionFailureType.SocketFailure, category, "lost", innerException: null, status)));
}
