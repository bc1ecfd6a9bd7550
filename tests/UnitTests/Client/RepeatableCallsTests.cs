using System.Reflection;
using System.Runtime.CompilerServices;
using RedisCluster.Client;
using StackExchange.Redis;
using Xunit;

namespace UnitTests.Client;

public sealed class RepeatableCallsTests
{
    private const CommandFlags Always = CommandFlags.CommandRetryAlways;
    private const CommandFlags OnlyIfNotApplied = CommandFlags.CommandRetryWriteAccumulating;

    [Fact]
    public void TheDocumentHasTheListOfTheCode()
    {
        var table = Array.FindAll(File.ReadAllLines(Document()), line => line.StartsWith("| `", StringComparison.Ordinal) && line.EndsWith("| repeated |", StringComparison.Ordinal));
        Assert.Equal(
            [
                $"| `ExecuteAsync`: {string.Join(", ", RepeatableCalls.Reads.Order().Select(command => $"`{command}`"))} | repeated |",
                .. RepeatableCalls.Writes.Select(write => $"| `{write.Command}`: `{write.Method}`{(write.Only.Length == 0 ? "" : $" of {write.Only}")} | repeated |"),
            ],
            table);
    }

    [Fact]
    public void AWriteIsRepeatedWithoutAConditionOnly()
    {
        Assert.Equal(Always, Category(redis => redis.StringSetAsync("key", "value", TimeSpan.FromSeconds(1), When.Always)));
        Assert.Equal(Always, Category(redis => redis.StringSetAsync("key", "value")));
        Assert.Equal(Always, Category(redis => redis.StringSetAsync([new("key", "value")])));
        Assert.Equal(Always, Category(redis => redis.HashSetAsync("key", [new("field", "value")])));
        Assert.Equal(Always, Category(redis => redis.StringSetRangeAsync("key", 1, "value")));
        Assert.Equal(CommandFlags.None, Category(redis => redis.StringSetAsync("key", "value", when: When.Exists)));
        Assert.Equal(CommandFlags.None, Category(redis => redis.StringSetAsync("key", "value", default, ValueCondition.Equal("old"))));
        Assert.Equal(CommandFlags.None, Category(redis => redis.StringSetAsync([new("key", "value")], When.NotExists)));
        Assert.Equal(CommandFlags.None, Category(redis => redis.StringSetAsync("key", RedisValue.Null)));
        Assert.Equal(CommandFlags.None, Category(redis => redis.HashSetAsync("key", "field", "value")));
    }

    [Fact]
    public void ACommandByNameIsRepeatedWhenItOnlyReadsAndDoesNotWait()
    {
        Assert.Equal(CommandFlags.CommandRetryReadOnly, Category(redis => redis.ExecuteAsync("get", "key")));
        Assert.All((string[])["SET", "XREAD", "BLPOP", "WAIT", "GETEX", "SORT", "GEORADIUS", "HSCAN", "NEW.COMMAND"], command => Assert.Equal(OnlyIfNotApplied, Category(redis => redis.ExecuteAsync(command, ["key"], CommandFlags.None))));
    }

    [Fact]
    public void WhatIsBigIsNotSentAgain()
    {
        var (half, rest) = (new byte[RepeatableCalls.MaxBytes / 2], new byte[(RepeatableCalls.MaxBytes / 2) + 1]);
        Assert.Equal(Always, Category(redis => redis.StringSetAsync([new("a", half), new("b", half)])));
        Assert.Equal(OnlyIfNotApplied, Category(redis => redis.StringSetAsync([new("a", half), new("b", rest)])));
        Assert.Equal(OnlyIfNotApplied, Category(redis => redis.HashSetAsync("key", [new("a", half), new("b", rest)])));
        Assert.Equal(OnlyIfNotApplied, Category(redis => redis.SetAddAsync("key", [half, rest])));
        Assert.Equal(OnlyIfNotApplied, Category(redis => redis.StreamAddAsync("key", [new("a", half), new("b", rest)])));
    }

    [Fact]
    public void WhatTheCallerSaysWins() => Assert.Equal(CommandFlags.CommandRetryNever, Category(redis => redis.StringSetAsync("key", "value", flags: CommandFlags.CommandRetryNever)));

    [Fact]
    public void WhatIsNotEvenTheSameByEffectIsNamed() => Assert.Equal(OnlyIfNotApplied, Category(redis => redis.ListTrimAsync("key", 1, -1)));

    /// <summary>What the driver is told of a call.</summary>
    private static CommandFlags Category(Func<IDatabaseAsync, Task> call)
    {
        var driver = DispatchProxy.Create<IDatabaseAsync, Driver>();
        _ = call(RepeatingDatabase.Over(driver));
        return ((Driver)(object)driver).Told;
    }

    private static string Document([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "../../../docs/client.md");

    public class Driver : DispatchProxy
    {
        internal CommandFlags Told { get; private set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Told = (CommandFlags)args![^1]!;
            var answer = targetMethod!.ReturnType;
            return answer == typeof(Task) ? Task.CompletedTask : typeof(Task).GetMethod(nameof(Task.FromResult))!.MakeGenericMethod(answer.GenericTypeArguments).Invoke(null, [null]);
        }
    }
}
