#pragma warning disable SER007 // FaultContext: see FaultObserver
using StackExchange.Redis;
using StackExchange.Redis.Availability;
using StackExchange.Redis.Profiling;

namespace RedisCluster.Client.Telemetry;

/// <summary>An error that a command ended with, and when.</summary>
internal readonly record struct CommandFault(DateTime At, CommandFlags Flags, Exception Exception);

/// <summary>The errors of commands that failed: the driver's profile of a command has none in it, and the driver shows a result right after it closed the profile, on the same thread.</summary>
internal sealed class CommandFaults
{
    // Between the end of the profile and the call of the observer lies less than a microsecond, or a thread switch.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(20);
    private const int Capacity = 4096;

    private readonly Lock _lock = new();
    private readonly LinkedList<CommandFault> _faults = new();

    /// <summary>Takes the fault of a failed command that ended at <paramref name="endedAt"/>, if the driver reported one.</summary>
    /// <remarks>Only failed commands ask, so that two can be mixed up only when both failed, in the same category of commands, in the same moment.</remarks>
    internal CommandFault? Take(DateTime endedAt, CommandFlags flags)
    {
        lock (_lock)
        {
            LinkedListNode<CommandFault>? nearest = null;
            for (var node = _faults.Last; node is not null && node.Value.At > endedAt - Tolerance; node = node.Previous)
            {
                if (node.Value.Flags == flags && (nearest is null || Distance(node) < Distance(nearest)))
                {
                    nearest = node;
                }
            }

            if (nearest is null || Distance(nearest) > Tolerance)
            {
                return null;
            }

            _faults.Remove(nearest);
            return nearest.Value;
        }

        TimeSpan Distance(LinkedListNode<CommandFault> node) => (node.Value.At - endedAt).Duration();
    }

    /// <summary>A command failed just now.</summary>
    internal void Add(FaultContext fault)
    {
        var entry = new CommandFault(DateTime.UtcNow, fault.Flags, fault.Fault!);
        lock (_lock)
        {
            _faults.AddLast(entry);
            if (_faults.Count > Capacity)
            {
                _faults.RemoveFirst();
            }
        }
    }
}

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
        var code = ServerRefusal.FirstWord(exception.Message);
        return new CommandError(code, code);
    }
}
