using StackExchange.Redis;
using StackExchange.Redis.Profiling;

namespace RedisCluster.Client.Telemetry;

/// <summary>How a command failed, in the words of the semantic conventions.</summary>
/// <param name="Type"><c>error.type</c>: the status code, or the full name of the exception type when the server did not answer.</param>
/// <param name="StatusCode"><c>db.response.status_code</c>: the first word of the server's error, such as <c>WRONGTYPE</c>.</param>
internal readonly record struct CommandError(string Type, string? StatusCode);

/// <summary>Tells failed commands from others.</summary>
internal sealed class CommandJudge(CommandFaults faults, TimeSpan timeout)
{
    private static readonly string ConnectionLost = typeof(RedisConnectionException).FullName!;
    private static readonly string TimedOut = typeof(RedisTimeoutException).FullName!;

    /// <summary>The error of a finished command; null for a success.</summary>
    internal CommandError? ErrorOf(IProfiledCommand command)
    {
        // Only a result stamps the time of the response; an error, a timeout and a lost connection close the profile without, and the driver then takes one time for both.
        if (command.ResponseToCompletion != TimeSpan.Zero)
        {
            return null;
        }

        if (faults.Take(command.CommandCreated + command.ElapsedTime, command.Flags) is { } fault)
        {
            return fault.Exception is RedisServerException server ? ServerError(server) : new CommandError(fault.Exception.GetType().FullName!, null);
        }

        // What the driver gives up outside of a connection is not shown to the observer.
        return command.ElapsedTime >= timeout ? new CommandError(TimedOut, null)
            : command.EnqueuedToSending < TimeSpan.Zero ? new CommandError(ConnectionLost, null)
            : null;
    }

    private static CommandError ServerError(RedisServerException exception)
    {
        // The rest of the message may quote arguments.
        var word = exception.Message.AsSpan();
        var end = word.IndexOf(' ');
        var code = (end < 0 ? word : word[..end]).ToString();
        return new CommandError(code, code);
    }
}
