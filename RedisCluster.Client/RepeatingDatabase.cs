#pragma warning disable SER007 // FaultContext: see RepeatSafeCommands
using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.ExceptionServices;
using StackExchange.Redis;
using StackExchange.Redis.Availability;

namespace RedisCluster.Client;

/// <summary>
/// Tells the driver's repeating database of each call whether it may be repeated (<see cref="RepeatableCalls"/>), and tells the caller when a call that failed may have been
/// applied. A proxy of all 328 methods: the driver shows the arguments of a call to nobody.
/// </summary>
internal class RepeatingDatabase : DispatchProxy
{
    private static readonly ConcurrentDictionary<MethodInfo, Method> Methods = new();

    private object _repeating = null!;
    private bool _marks;

    internal static IDatabaseAsync Over(IDatabaseAsync repeating) => Over(repeating, marks: true);

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var method = Methods.GetOrAdd(targetMethod!, static called => new Method(called));
        var answer = method.Call(_repeating, args ?? [], _marks);
        // Not marked inside: with a condition the second time fails for what the first one did.
        return answer is ITransactionAsync transaction ? Over(transaction, marks: false) : answer;
    }

    private static T Over<T>(T repeating, bool marks)
        where T : class
    {
        var database = Create<T, RepeatingDatabase>();
        ((RepeatingDatabase)(object)database)._repeating = repeating;
        ((RepeatingDatabase)(object)database)._marks = marks;
        return database;
    }

    private static bool MayBeApplied(Exception exception) =>
        new FaultContext(exception) is { ErrorKind: RedisErrorKind.Timeout or RedisErrorKind.ConnectionFault, NotApplied: false } fault
        && (fault.Flags & CommandFlags.CommandRetryNever) is not (CommandFlags.CommandRetryReadOnly or CommandFlags.CommandRetryConnection);

    private static Exception Explained(Exception exception)
    {
        var message = $"The call may have been applied: it was sent, and its answer did not come. Read what it was to write before you repeat it. {exception.Message}";
        return exception switch
        {
            RedisTimeoutException timeout => new RedisTimeoutException(timeout.Flags, message, timeout.Commandstatus),
            RedisConnectionException lost => new RedisConnectionException(lost.FailureType, lost.Flags, message, lost, lost.CommandStatus),
            _ => new TimeoutException(message, exception),
        };
    }

    private static async Task ExplainAsync(Task answer)
    {
        try
        {
            await answer.ConfigureAwait(false);
        }
        catch (Exception exception) when (MayBeApplied(exception))
        {
            throw Explained(exception);
        }
    }

    private static async Task<T> ExplainAsync<T>(Task<T> answer)
    {
        try
        {
            return await answer.ConfigureAwait(false);
        }
        catch (Exception exception) when (MayBeApplied(exception))
        {
            throw Explained(exception);
        }
    }

    private static Task<T> ExplainBoxed<T>(object answer) => ExplainAsync((Task<T>)answer);

    /// <summary>What is the same for every call of one method.</summary>
    private sealed class Method
    {
        private readonly MethodInfo _method;
        private readonly MethodInvoker _invoker;
        private readonly bool _hasFlags;
        private readonly bool _lacksFlags;
        private readonly Func<object, object>? _explain;

        internal Method(MethodInfo called)
        {
            // Two shorter forms of methods have no flags to mark.
            var parameters = called.GetParameters();
            var whole = called.DeclaringType!.GetMethods().FirstOrDefault(other => other.Name == called.Name && other.GetParameters() is [.. var same, { ParameterType: var last }]
                && last == typeof(CommandFlags) && same.Length == parameters.Length && same.Zip(parameters).All(pair => pair.First.ParameterType.IsAssignableFrom(pair.Second.ParameterType)));
            _method = whole ?? called;
            _lacksFlags = whole is not null;
            _hasFlags = whole is not null || (parameters is [.., var flags] && flags.ParameterType == typeof(CommandFlags));
            _invoker = MethodInvoker.Create(_method);
            var answer = _method.ReturnType;
            _explain = answer == typeof(Task) ? static task => ExplainAsync((Task)task)
                : answer.IsGenericType && answer.GetGenericTypeDefinition() == typeof(Task<>) && !_method.IsGenericMethod
                    ? typeof(RepeatingDatabase).GetMethod(nameof(ExplainBoxed), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(answer.GenericTypeArguments).CreateDelegate<Func<object, object>>()
                    : null;
        }

        internal object? Call(object target, object?[] arguments, bool marks)
        {
            if (_lacksFlags)
            {
                arguments = [.. arguments, CommandFlags.None];
            }

            // What the caller says of a call wins.
            if (marks && _hasFlags && arguments[^1] is CommandFlags flags && (flags & CommandFlags.CommandRetryNever) == 0)
            {
                arguments[^1] = flags | RepeatableCalls.CategoryOf(_method, arguments);
            }

            try
            {
                var answer = _invoker.Invoke(target, arguments.AsSpan());
                return answer is not null && _explain is not null ? _explain(answer) : answer;
            }
            catch (TargetInvocationException thrown)
            {
                ExceptionDispatchInfo.Throw(thrown.InnerException!);
                throw;
            }
        }
    }
}
