using System.Globalization;
using System.Net;
using RedisCluster.Topology;
using RedisCluster.Wire;
using Support;

namespace Bench.Campaign;

/// <summary>Nodes as processes with loopback addresses of their own, behind published ports.</summary>
internal sealed class ProcessNodes : ICampaignNodes
{
    private const string WrongPassword = "none that the other takes";

    private readonly RedisNodes _nodes;
    private readonly ProcessNode[] _all;
    private readonly GuardedPort[] _buses;
    private readonly HashSet<int> _cut = [];
    private int _generation = 1;

    private ProcessNodes(RedisNodes nodes, TimeSpan nodeTimeout)
    {
        _nodes = nodes;
        _buses = [.. nodes.All.Select((node, index) => new GuardedPort(
            FreePorts.One(),
            () => new IPEndPoint(IPAddress.Parse(node.Address), BusPort.Of(node.Port)),
            // Nobody listens at an address that the node has left.
            (from, to) => $"{to}" == node.Address && MayPass(index, $"{from}")))];
        _all = [.. nodes.All.Zip(_buses, (node, bus) => new ProcessNode(node,
        [
            "--cluster-announce-bus-port", bus.Port.ToString(CultureInfo.InvariantCulture),
            "--cluster-node-timeout", ((long)nodeTimeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture), .. ICampaignNodes.Settings,
        ]))];
    }

    public IReadOnlyList<ICampaignNode> All => _all;

    public static async Task<ICampaignNodes> StartAsync(int count, TimeSpan nodeTimeout)
    {
        var nodes = new ProcessNodes(await RedisNodes.StartBehindPublishedPortsAsync(count), nodeTimeout);
        try
        {
            // With the settings that later starts have, too.
            await Task.WhenAll(nodes._all.Select(node => node.RestartAsync()));
            return nodes;
        }
        catch
        {
            await nodes.DisposeAsync();
            throw;
        }
    }

    /// <summary>The bus by its proxies; replication, which goes to the client port, by a password that the primary does not take.</summary>
    public async Task SetCutAsync(int index, bool isCut)
    {
        _ = isCut ? _cut.Add(index) : _cut.Remove(index);
        Array.ForEach(_buses, bus => bus.EndForbidden());
        var ports = _all.ToDictionary(node => node.Node.Port, node => Array.IndexOf(_all, node));
        for (var each = 0; each < _all.Length; each++)
        {
            try
            {
                var node = _all[each].Node;
                if (!node.IsRunning || new InfoReply(await node.AskTextAsync("INFO", "replication")).Replication is not { } replication)
                {
                    continue;
                }

                var apart = ports.TryGetValue(replication.PrimaryAddress.Port, out var primary) && (_cut.Contains(each) || _cut.Contains(primary));
                await node.AskAsync("CONFIG", "SET", "masterauth", apart ? WrongPassword : RedisNodes.Password);
                if (apart)
                {
                    await node.AskAsync("CLIENT", "KILL", "TYPE", "master");
                }
            }
            catch (NodeException)
            {
                continue; // It hangs, or ends: nothing reaches it anyway.
            }
        }
    }

    public Task ChangeAddressesAsync(AddressChange change)
    {
        if (change is AddressChange.New)
        {
            _generation++;
            foreach (var (index, node) in _all.Index())
            {
                node.Address = $"127.0.{_generation}.{index + 1}";
            }

            return Task.CompletedTask;
        }

        var addresses = _all.Select(node => node.Address).ToArray();
        foreach (var (index, node) in _all.Index())
        {
            node.Address = addresses[(index + 1) % addresses.Length];
        }

        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var bus in _buses)
        {
            await bus.DisposeAsync();
        }

        await _nodes.DisposeAsync();
    }

    private bool MayPass(int to, string from) =>
        Array.FindIndex(_all, node => node.Address == from) is var caller && !_cut.Contains(to) && !_cut.Contains(caller);
}

/// <summary>One of them.</summary>
internal sealed class ProcessNode(RedisNode node, IReadOnlyList<string> settings) : ICampaignNode
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    public RedisNode Node => node;

    public NodeAddress Announced { get; } = new("localhost", node.Port);

    /// <summary>Where it is started next.</summary>
    public string Address { get; set; } = node.Address;

    public bool IsRunning => node.IsRunning;

    private string Folder => Path.GetDirectoryName(node.LogFile)!;

    private string Snapshot => Path.Combine(Folder, "dump.rdb");

    public Task KillAsync() => node.KillAsync();

    public async Task StartAsync()
    {
        await node.LaunchAsync(Address, settings);
        await Eventually.HoldsAsync($"{node.EndPoint} answers PING", AnswersAsync, StartLimit, node.LogTail);
    }

    public async Task RestartAsync()
    {
        await KillAsync();
        await StartAsync();
    }

    public Task HangAsync()
    {
        node.Hang();
        return Task.CompletedTask;
    }

    public Task ResumeAsync()
    {
        node.Resume();
        return Task.CompletedTask;
    }

    public Task LoseAsync(Loss loss)
    {
        if (loss.HasFlag(Loss.Identity))
        {
            File.Delete(Path.Combine(Folder, "nodes.conf"));
        }

        if (loss.HasFlag(Loss.Data) && Path.Combine(Folder, "appendonlydir") is var data && Directory.Exists(data))
        {
            Directory.Delete(data, recursive: true);
        }

        return Task.CompletedTask;
    }

    // A real full disk needs a file system of its own, and root to mount it. Where the snapshot cannot be renamed to its name, the server says the same to its clients.
    public Task SetDiskAsync(bool isFull)
    {
        if (isFull)
        {
            File.Delete(Snapshot);
            Directory.CreateDirectory(Snapshot);
        }
        else if (Directory.Exists(Snapshot))
        {
            Directory.Delete(Snapshot);
        }

        return Task.CompletedTask;
    }

    public Task<string> LogAsync() => File.Exists(node.LogFile) ? File.ReadAllTextAsync(node.LogFile) : Task.FromResult("");

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        ExpectationException.ThrowUnless(node.IsRunning, $"Expected {node.EndPoint} to run, but it ended:\n{node.LogTail()}");
        try
        {
            return await node.AskTextAsync("PING") == "PONG";
        }
        catch (NodeException exception) when (exception is NodeUnreachableException or NodeRefusedException { IsTransient: true })
        {
            return false;
        }
    }
}
