using System.Diagnostics;
using IntegrationTests.Servers;

namespace IntegrationTests.Initializer;

/// <summary>
/// SIGKILL for a real run when a node has carried out its nth change and before the run can hear of it. Changes pass one at a time, so
/// that nothing after the nth happens. The slots of a batch are many equal commands to one node: they count as one.
/// </summary>
internal sealed class KillSwitch(int change) : IDisposable
{
    private static readonly string[] Changes =
    [
        "SET-CONFIG-EPOCH", "ADDSLOTSRANGE", "DELSLOTSRANGE", "MEET", "REPLICATE", "FORGET", "RESET", "FAILOVER", "SETSLOT", "BUMPEPOCH", "MIGRATESLOTS",
    ];

    private readonly SemaphoreSlim _oneAtATime = new(1);
    private int _count;
    private string? _last;

    public Process? Process { get; set; }

    /// <summary>The change after which the run was killed; null when it ended before.</summary>
    public string? KilledAfter { get; private set; }

    public async Task<byte[]> PassAsync(RedisNode node, string[] command, Func<Task<byte[]>> send)
    {
        if (NameOfChange(command) is not { } name)
        {
            return await send();
        }

        await _oneAtATime.WaitAsync();
        try
        {
            if (KilledAfter is not null)
            {
                throw new IOException("The run is dead.");
            }

            name = $"{node.EndPoint} {name}";
            var sameBatch = name == _last && command is ["MIGRATE", ..] or ["CLUSTER", "SETSLOT", ..];
            _count += sameBatch ? 0 : 1;
            _last = name;
            var reply = await send();
            if (_count == change)
            {
                KilledAfter = name;
                Process!.Kill();
                throw new IOException("The run is dead.");
            }

            return reply;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    private static string? NameOfChange(string[] command) => command switch
    {
        ["CLUSTER", "SETSLOT", _, var state, ..] => $"SETSLOT {state}",
        ["CLUSTER", var verb, ..] when Changes.Contains(verb) => verb,
        ["CONFIG", "SET", ..] => "CONFIG SET",
        ["MIGRATE", ..] or ["FLUSHALL", ..] or ["WAIT", ..] => command[0],
        _ => null,
    };
}
