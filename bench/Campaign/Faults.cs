using System.Diagnostics;
using RedisCluster.Topology;
using RedisCluster.Wire;
using Support;

namespace Bench.Campaign;

/// <summary>Does to the nodes what a sequence says, and remembers what was done. A step that makes no sense at the moment, such as starting a node that runs, does nothing.</summary>
/// <param name="nodes">The nodes.</param>
/// <param name="takeCensusAsync">Remembers what every node has that answers.</param>
/// <param name="say">Takes a line of the story.</param>
internal sealed class Faults(ICampaignNodes nodes, Func<Task> takeCensusAsync, Action<string> say)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    private readonly HashSet<int> _hung = [];
    private readonly HashSet<int> _cut = [];
    private readonly HashSet<int> _full = [];
    private readonly HashSet<int> _late = [];
    private readonly List<Destruction> _destructions = [];
    private readonly List<BlindTakeOver> _takeOvers = [];

    public IReadOnlyCollection<Destruction> Destructions => _destructions;

    public IReadOnlyCollection<BlindTakeOver> TakeOvers => _takeOvers;

    /// <summary>Every node runs, is connected, and has room.</summary>
    public bool AreAllOver => _hung.Count == 0 && _cut.Count == 0 && _full.Count == 0 && nodes.All.All(node => node.IsRunning);

    public Task HappenAsync(Step step)
    {
        var index = step.Verb is Verb.RestartAll or Verb.RestartAtNew or Verb.RestartPermuted ? 0 : step.Number - 1;
        return step.Verb switch
        {
            Verb.Kill => KillAsync(index),
            Verb.Start => StartAsync(index),
            Verb.Hang => HangAsync(index),
            Verb.Resume => ResumeAsync(index),
            Verb.Cut => CutAsync(index, isCut: true),
            Verb.Join => CutAsync(index, isCut: false),
            Verb.Wipe => LoseAsync(index, Loss.Identity | Loss.Data),
            Verb.LoseIdentity => LoseAsync(index, Loss.Identity),
            Verb.LoseData => LoseAsync(index, Loss.Data),
            Verb.Replace => ReplaceAsync(index),
            Verb.FailOver => FailOverAsync(index, ["CLUSTER", "FAILOVER"]),
            Verb.TakeOver => TakeOverAsync(index),
            Verb.FillMemory => FillMemoryAsync(index),
            Verb.FillDisk => FillDiskAsync(index),
            Verb.Free => FreeAsync(index),
            Verb.RestartAll => RestartAsync(change: null),
            Verb.RestartAtNew => RestartAsync(AddressChange.New),
            Verb.RestartPermuted => RestartAsync(AddressChange.Permuted),
            Verb.Late => LateAsync(index),
            _ => throw new UnreachableException($"'{step}' is no fault."),
        };
    }

    /// <summary>Every node but the late ones is as it should be.</summary>
    public async Task EndAsync()
    {
        await Task.WhenAll(_hung.ToArray().Select(ResumeAsync));
        foreach (var index in _cut.ToArray())
        {
            await CutAsync(index, isCut: false);
        }

        await Task.WhenAll(_full.Except(_late).ToArray().Select(FreeAsync));
        await Task.WhenAll(Enumerable.Range(0, nodes.All.Count).Except(_late).Select(StartAsync));
    }

    public async Task StartLateAsync()
    {
        await Task.WhenAll(_full.ToArray().Select(FreeAsync));
        await Task.WhenAll(_late.Select(StartAsync));
    }

    public async Task<string> LastWordsAsync(ICampaignNode node)
    {
        var view = node.IsRunning ? await AskAsync(node, ["CLUSTER", "NODES"]) ?? "no answer\n" : "not running\n";
        return view + string.Join('\n', (await node.LogAsync()).Split('\n').TakeLast(1000));
    }

    private async Task KillAsync(int index)
    {
        _hung.Remove(index);
        await nodes.All[index].KillAsync();
    }

    private async Task StartAsync(int index)
    {
        var node = nodes.All[index];
        if (node.IsRunning)
        {
            return;
        }

        await node.StartAsync();
        if (_destructions.Any(destruction => destruction.Node == index && destruction.Loss is Loss.Identity)
            && await AskAsync(node, ["CLUSTER", "INFO"]) is { } cluster && new InfoReply(cluster)["cluster_known_nodes"] == "1")
        {
            await RememberAsync(index, Loss.Identity, Stopwatch.GetTimestamp(), (await node.LogAsync()).Length);
        }
    }

    private async Task RememberAsync(int index, Loss loss, long at, int logLength) => _destructions.Add(
        new Destruction(index, loss, at, new InfoReply(await AskAsync(nodes.All[index], ["INFO", "replication"]) ?? "")["master_replid"] ?? "", logLength));

    private async Task HangAsync(int index)
    {
        if (nodes.All[index].IsRunning && _hung.Add(index))
        {
            await nodes.All[index].HangAsync();
        }
    }

    private async Task ResumeAsync(int index)
    {
        if (_hung.Remove(index))
        {
            await nodes.All[index].ResumeAsync();
        }
    }

    private async Task CutAsync(int index, bool isCut)
    {
        if (isCut ? _cut.Add(index) : _cut.Remove(index))
        {
            await nodes.SetCutAsync(index, isCut);
        }
    }

    private async Task LoseAsync(int index, Loss loss)
    {
        var node = nodes.All[index];
        await KillAsync(index);
        var (at, logLength) = (Stopwatch.GetTimestamp(), (await node.LogAsync()).Length);
        await node.LoseAsync(loss);
        await takeCensusAsync();
        await node.StartAsync();
        await RememberAsync(index, loss, at, logLength);
    }

    private async Task ReplaceAsync(int index)
    {
        var node = nodes.All[index];
        var id = await AskAsync(node, ["CLUSTER", "MYID"]);
        await KillAsync(index);
        if (id is null)
        {
            return;
        }

        // Nobody is elected where there is no replica, or no majority.
        var witnesses = nodes.All.Where((other, number) => other.IsRunning && !_hung.Contains(number)).ToArray();
        var isReplaced = await HoldsAsync(async () => (await Task.WhenAll(witnesses.Select(witness => AskAsync(witness, ["CLUSTER", "NODES"])))).OfType<string>()
            .Any(table => ClusterNodesReply.Parse(table).Entries.FirstOrDefault(entry => entry.Id.Value == id) is { Slots.IsEmpty: true }));
        say(isReplaced ? $"{node.Announced} has no slots any more" : $"nobody took over from {node.Announced}");
    }

    private async Task TakeOverAsync(int index)
    {
        if (await AskAsync(nodes.All[index], ["INFO", "replication"]) is { } info && new InfoReply(info).Replication is { LinkUp: false })
        {
            await takeCensusAsync();
            _takeOvers.Add(new BlindTakeOver(index, Stopwatch.GetTimestamp()));
        }

        await FailOverAsync(index, ["CLUSTER", "FAILOVER", "TAKEOVER"]);
    }

    private async Task FailOverAsync(int index, string[] command)
    {
        var node = nodes.All[index];
        if (await AskAsync(node, command) is null)
        {
            return;
        }

        if (!await HoldsAsync(async () => await AskAsync(node, ["INFO", "replication"]) is { } info && info.Contains("role:master", StringComparison.Ordinal)))
        {
            say($"{node.Announced} did not become a primary");
        }
    }

    private async Task FillMemoryAsync(int index)
    {
        if (await AskAsync(nodes.All[index], ["CONFIG", "SET", "maxmemory", "1"]) is not null)
        {
            _full.Add(index);
        }
    }

    private async Task FillDiskAsync(int index)
    {
        var node = nodes.All[index];
        if (node.IsRunning && !_hung.Contains(index))
        {
            await node.SetDiskAsync(isFull: true);
            _full.Add(index);
            await AskAsync(node, ["CONFIG", "SET", "save", "3600 1"]);
            await AskAsync(node, ["BGSAVE"]);
            await HoldsAsync(async () => await AskAsync(node, ["INFO", "persistence"]) is not { } info || info.Contains("rdb_last_bgsave_status:err", StringComparison.Ordinal));
        }
    }

    private async Task FreeAsync(int index)
    {
        if (_full.Remove(index))
        {
            var node = nodes.All[index];
            await node.SetDiskAsync(isFull: false);
            var hasRoom = await AskAsync(node, ["CONFIG", "SET", "save", "", "maxmemory", "0"]) is not null;
            if (!hasRoom && node.IsRunning && !_hung.Contains(index) && !_cut.Contains(index))
            {
                // A replica that cannot write what its primary sends ends itself.
                await KillAsync(index);
                await StartAsync(index);
            }
        }
    }

    private async Task RestartAsync(AddressChange? change)
    {
        var running = Enumerable.Range(0, nodes.All.Count).Where(index => nodes.All[index].IsRunning).ToArray();
        await Task.WhenAll(running.Select(KillAsync));
        if (change is { } other)
        {
            await nodes.ChangeAddressesAsync(other);
        }

        await Task.WhenAll(running.Select(StartAsync));
    }

    private async Task LateAsync(int index)
    {
        await KillAsync(index);
        _late.Add(index);
    }

    private static Task<bool> HoldsAsync(Func<Task<bool>> condition) =>
        Until.HoldsAsync(_ => condition(), Patience, Pause, TimeProvider.System, CancellationToken.None);

    // Faults come together: a node may be off, or hang, when something is asked of it.
    private async Task<string?> AskAsync(ICampaignNode node, object[] command)
    {
        try
        {
            await using var connection = await NodeConnection.OpenAsync(node.Announced, user: null, RedisNodes.Password, TimeSpan.Zero, CancellationToken.None, AnswerTimeout);
            return (await connection.SendAsync(command, CancellationToken.None)).Text;
        }
        catch (NodeException exception)
        {
            say(exception.Message);
            return null;
        }
    }
}
