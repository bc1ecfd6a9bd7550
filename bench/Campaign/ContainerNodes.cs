using System.Globalization;
using Bench.Start;
using RedisCluster.Topology;
using RedisCluster.Wire;
using Support;

namespace Bench.Campaign;

/// <summary>Nodes as containers of a real engine, on a network of their own, with volumes and published ports.</summary>
internal sealed class ContainerNodes : ICampaignNodes
{
    /// <summary>What containers, networks and volumes of a campaign are labelled with, so that a killed one's can be found.</summary>
    public const string Label = "redis-cluster-aspire.campaign";

    private readonly Engine _engine;
    private readonly string _name;
    private readonly DirectoryInfo _configs;
    private readonly ContainerNode[] _all;
    private int _generation = 1;

    private ContainerNodes(Engine engine, string image, string name, string subnet, DirectoryInfo configs, int count, TimeSpan nodeTimeout)
    {
        (_engine, _name, _configs) = (engine, name, configs);
        _all = [.. FreePorts.Take(count).Select((port, index) => new ContainerNode(engine, image, name, $"{subnet}{index + 11}", port, Path.Combine(configs.FullName, $"{port}"), nodeTimeout))];
    }

    public IReadOnlyList<ICampaignNode> All => _all;

    public static async Task<ICampaignNodes> StartAsync(Engine engine, string image, int count, TimeSpan nodeTimeout, CancellationToken cancellationToken)
    {
        var name = $"campaign-{Guid.NewGuid().ToString("N")[..8]}";
        var configs = Directory.CreateTempSubdirectory(name);
        LastWill.Removes(configs.FullName);
        var subnet = string.Create(CultureInfo.InvariantCulture, $"10.213.{Random.Shared.Next(256)}.");
        await engine.RunAsync("network", "create", "--label", Label, "--subnet", $"{subnet}0/24", name);
        var nodes = new ContainerNodes(engine, image, name, subnet, configs, count, nodeTimeout);
        try
        {
            // What an engine was told to make has to be made before it can be removed: a cancelled start only begins nothing more.
            await Task.WhenAll(nodes._all.Select(node => node.CreateAsync()));
            cancellationToken.ThrowIfCancellationRequested();
            await Task.WhenAll(nodes._all.Select(node => node.StartAsync()));
            return nodes;
        }
        catch
        {
            await nodes.DisposeAsync();
            throw;
        }
    }

    public Task SetCutAsync(int index, bool isCut) => isCut ? _all[index].DisconnectAsync() : _all[index].ConnectAsync();

    public async Task ChangeAddressesAsync(AddressChange change)
    {
        var addresses = _all.Select(node => node.Address).ToArray();
        if (change is AddressChange.New)
        {
            _generation++;
        }

        foreach (var (index, node) in _all.Index())
        {
            node.Address = change is AddressChange.Permuted
                ? addresses[(index + 1) % addresses.Length]
                : string.Create(CultureInfo.InvariantCulture, $"{node.Address[..(node.Address.LastIndexOf('.') + 1)]}{(_generation * 11) + index}");
        }

        // One that runs keeps its address until it is started again, and nobody else can have it before.
        var stopped = _all.Where(node => node is { IsRunning: false, IsCut: false }).ToArray();
        foreach (var node in stopped)
        {
            await node.DisconnectAsync();
        }

        foreach (var node in stopped)
        {
            await node.ConnectAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.RunAsync(["rm", "--force", .. _all.Select(node => node.Name)]);
        await _engine.RunAsync(["volume", "rm", "--force", .. _all.Select(node => node.Name)]);
        await _engine.RunAsync("network", "rm", _name);
        _configs.Delete(recursive: true);
    }
}

/// <summary>One of them.</summary>
internal sealed class ContainerNode(Engine engine, string image, string network, string address, int port, string configs, TimeSpan nodeTimeout) : ICampaignNode
{
    private const string ConfigPath = "/usr/local/etc/redis";
    private const string Busybox = "/bin/busybox";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(40);

    private string _earlierLog = "";

    /// <summary>Of the container, and of its volume.</summary>
    public string Name { get; } = string.Create(CultureInfo.InvariantCulture, $"{network}-{port}");

    public NodeAddress Announced { get; } = new("localhost", port);

    public string Address { get; set; } = address;

    public bool IsRunning { get; private set; }

    public bool IsCut { get; private set; }

    public async Task CreateAsync()
    {
        Directory.CreateDirectory(configs);
        await File.WriteAllTextAsync(Path.Combine(configs, "password.conf"), $"requirepass \"{RedisNodes.Password}\"\nmasterauth \"{RedisNodes.Password}\"\n");
        await File.WriteAllTextAsync(Path.Combine(configs, "redis.conf"), $"{NodeConfig.ForPort(port).Text}\nsave \"\"\ninclude {ConfigPath}/password.conf\n");
        await engine.RunAsync(
        [
            "create", "--name", Name, "--label", ContainerNodes.Label, "--network", network, "--ip", Address, "--publish", $"127.0.0.1:{port}:{port}",
            "--volume", $"{Name}:/data", "--volume", $"{configs}:{ConfigPath}:ro", image,
            "redis-server", $"{ConfigPath}/redis.conf", "--cluster-node-timeout", ((long)nodeTimeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture), .. ICampaignNodes.Settings,
        ]);
    }

    public async Task KillAsync()
    {
        if (IsRunning)
        {
            try
            {
                await engine.RunAsync("kill", "--signal", "KILL", Name);
            }
            catch (BenchException exception) when (exception.Message.Contains("is not running", StringComparison.Ordinal))
            {
                // It has ended by itself.
            }

            IsRunning = false;
        }
    }

    /// <summary>One that is cut off has no published port either: it is not waited for.</summary>
    public async Task StartAsync()
    {
        await engine.RunAsync("start", Name);
        IsRunning = true;
        if (!IsCut)
        {
            await Eventually.HoldsAsync($"{Announced} answers PING", AnswersAsync, StartLimit, pause: TimeSpan.FromMilliseconds(50));
        }
    }

    public Task HangAsync() => engine.RunAsync("pause", Name);

    public Task ResumeAsync() => engine.RunAsync("unpause", Name);

    public async Task DisconnectAsync()
    {
        await engine.RunAsync("network", "disconnect", "--force", network, Name);
        IsCut = true;
    }

    public async Task ConnectAsync()
    {
        await engine.RunAsync("network", "connect", "--ip", Address, network, Name);
        IsCut = false;
    }

    public async Task LoseAsync(Loss loss)
    {
        if (loss == (Loss.Identity | Loss.Data))
        {
            _earlierLog = await LogAsync();
            await RemoveAsync();
            await CreateAsync();
            IsCut = false;
            return;
        }

        await InVolumeAsync("rm", "-rf", loss is Loss.Identity ? "/data/nodes.conf" : "/data/appendonlydir");
    }

    public Task SetDiskAsync(bool isFull) => InVolumeAsync("sh", "-c", isFull ? "rm -rf /data/dump.rdb && mkdir /data/dump.rdb" : "rm -rf /data/dump.rdb");

    public async Task<string> LogAsync() => _earlierLog + await engine.RunAsync("logs", Name);

    private async Task RemoveAsync()
    {
        await engine.RunAsync("rm", "--force", Name);
        await engine.RunAsync("volume", "rm", "--force", Name);
        IsRunning = false;
    }

    private async Task InVolumeAsync(params string[] command) =>
        await engine.RunAsync(["run", "--rm", "--label", ContainerNodes.Label, "--network", "none", "--volume", $"{Name}:/data", image, Busybox, .. command]);

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await NodeConnection.OpenAsync(Announced, user: null, RedisNodes.Password, TimeSpan.Zero, cancellationToken);
            return (await connection.SendAsync(["PING"], cancellationToken)).Text == "PONG";
        }
        catch (NodeException exception) when (exception is NodeUnreachableException or NodeRefusedException { IsTransient: true })
        {
            return false; // The engine's proxy accepts before the server listens.
        }
    }
}
