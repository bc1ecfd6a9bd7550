namespace IntegrationTests.Initializer;

/// <summary>
/// Lets the changes of a run pass one at a time, and ends it when a node has carried out the nth one and before the run can hear of it: from then on no
/// command arrives. The commands of a batch of slots are many equal ones: they count as one change, and its first command is the last that arrives.
/// </summary>
internal sealed class CutOff(int change) : IDisposable
{
    private static readonly string[] Changes =
    [
        "SET-CONFIG-EPOCH", "ADDSLOTSRANGE", "DELSLOTSRANGE", "MEET", "REPLICATE", "FORGET", "RESET", "FAILOVER", "SETSLOT", "BUMPEPOCH", "MIGRATESLOTS",
    ];

    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly HashSet<string> _batch = [];
    private int _count;

    /// <summary>Called when the run has to end.</summary>
    public Action? End { get; set; }

    /// <summary>The change after which the run was ended; null when it came to its own end before.</summary>
    public string? After { get; private set; }

    public async Task<byte[]> PassAsync(RedisNode node, string[] command, Func<Task<byte[]>> send)
    {
        if (NameOfChange(command) is not { } name)
        {
            ThrowWhenEnded();
            return await send();
        }

        await _oneAtATime.WaitAsync();
        try
        {
            ThrowWhenEnded();
            var reply = await send();
            if (IsNew($"{node.EndPoint} {name}", command) && ++_count == change)
            {
                After = $"{node.EndPoint} {name}";
                End?.Invoke();
                ThrowWhenEnded();
            }

            return reply;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    private void ThrowWhenEnded()
    {
        if (After is not null)
        {
            throw new IOException("The run has ended.");
        }
    }

    private bool IsNew(string change, string[] command)
    {
        if (command is not (["MIGRATE", ..] or ["CLUSTER", "SETSLOT", ..]))
        {
            return true;
        }

        // The next batch begins as this one did.
        if (command is [_, _, _, "IMPORTING", ..] && _batch.Any(other => !other.EndsWith("IMPORTING", StringComparison.Ordinal)))
        {
            _batch.Clear();
        }

        return _batch.Add(change);
    }

    private static string? NameOfChange(string[] command) => command switch
    {
        ["CLUSTER", "SETSLOT", _, var state, ..] => $"SETSLOT {state}",
        ["CLUSTER", var verb, ..] when Changes.Contains(verb) => verb,
        ["CONFIG", "SET", ..] => "CONFIG SET",
        ["MIGRATE" or "FLUSHALL" or "EXEC", ..] => command[0],
        _ => null,
    };
}
