using System.Reflection;
using StackExchange.Redis;

namespace RedisCluster.Client.AspNetCore;

/// <summary>
/// The application's connection for a package that closes what it was given. Each hub of SignalR does so at its end: the next one could not unsubscribe, and the application
/// would end with an error.
/// </summary>
#pragma warning disable CA1852 // The proxy that is made of it derives from it.
internal class LeftOpen : DispatchProxy
#pragma warning restore CA1852
{
    private IConnectionMultiplexer _connection = null!;

    internal static IConnectionMultiplexer Of(IConnectionMultiplexer connection)
    {
        var open = Create<IConnectionMultiplexer, LeftOpen>();
        ((LeftOpen)open)._connection = connection;
        return open;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
    {
        nameof(IDisposable.Dispose) or nameof(IConnectionMultiplexer.Close) => null,
        nameof(IConnectionMultiplexer.CloseAsync) => Task.CompletedTask,
        nameof(IAsyncDisposable.DisposeAsync) => ValueTask.CompletedTask,
        _ => targetMethod.Invoke(_connection, BindingFlags.DoNotWrapExceptions, binder: null, args, culture: null),
    };
}
