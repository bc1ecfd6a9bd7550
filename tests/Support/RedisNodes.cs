using System.Net;
using RedisCluster.Servers;
using RedisCluster.Wire;
using StackExchange.Redis;

namespace Support;

/// <summary>
/// Real nodes with the settings that the application gives its nodes, on free ports, in a temporary folder; not yet a cluster.
/// Started by one line, removed by disposal, and by <see cref="LastWill"/> when disposal never comes.
/// </summary>
internal sealed class RedisNodes : IAsyncDisposable
{
    public const string Password = "secret of the tests";

    private static readonly Lazy<string> Root = new(() =>
    {
        var folder = Directory.CreateTempSubdirectory("redis-cluster-tests-").FullName;
        LastWill.Removes(folder);
        return folder;
    });

    private readonly RedisServer _server;
    private readonly string _folder;
    private readonly List<RedisNode> _nodes = [];
    private readonly List<PublishedPort> _publishedPorts = [];

    private RedisNodes(RedisServer server)
    {
        _server = server;
        _folder = Path.Combine(Root.Value, Guid.NewGuid().ToString("N")[..8]);
    }

    public RedisNode this[int index] => _nodes[index];

    public IReadOnlyList<RedisNode> All => _nodes;

    public IReadOnlyList<string> EndPoints => [.. _nodes.Select(node => node.EndPoint)];

    /// <summary>Nodes that listen on 127.0.0.1.</summary>
    public static async Task<RedisNodes> StartAsync(int count, RedisServer? server = null)
    {
        var nodes = new RedisNodes(server ?? await TestServers.DefaultAsync());
        await nodes.AddAsync(count);
        return nodes;
    }

    /// <summary>
    /// Nodes as containers have them: each has an address of its own (127.0.1.1, 127.0.1.2, ...), clients reach it through a port that is
    /// published on 127.0.0.1, and the next start can give it another address.
    /// </summary>
    public static async Task<RedisNodes> StartBehindPublishedPortsAsync(int count)
    {
        ExpectationException.ThrowUnless(OperatingSystem.IsLinux(), "Only Linux listens on every 127.x.x.x address without preparation.");
        var nodes = new RedisNodes(await TestServers.DefaultAsync());
        var ports = FreePorts.Take(count);
        nodes._nodes.AddRange(ports.Select(nodes.Create));
        await Task.WhenAll(nodes._nodes.Select((node, index) => node.StartAsync(ContainerAddress(index))));
        nodes._publishedPorts.AddRange(nodes._nodes.Select(node => new PublishedPort(node)));
        return nodes;
    }

    /// <summary>Starts more nodes beside the ones that are there.</summary>
    public async Task<IReadOnlyList<RedisNode>> AddAsync(int count)
    {
        var added = FreePorts.Take(count).Select(Create).ToList();
        _nodes.AddRange(added);
        await Task.WhenAll(added.Select(node => node.StartAsync()));
        return added;
    }

    /// <summary>Stops every node and starts node i on the address that <paramref name="addressOf"/> gives for it.</summary>
    public async Task ChangeAddressesAsync(Func<int, int> addressOf)
    {
        await Task.WhenAll(_nodes.Select(node => node.KillAsync()));
        await Task.WhenAll(_nodes.Select((node, index) => node.StartAsync(ContainerAddress(addressOf(index)))));
    }

    /// <summary>An application's connection: seeds as announced, no admin commands.</summary>
    public async Task<ConnectionMultiplexer> ConnectAsync(int? count = null)
    {
        var options = new ConfigurationOptions { Password = Password, AbortOnConnectFail = false };
        foreach (var node in _nodes.Take(count ?? _nodes.Count))
        {
            options.EndPoints.Add(new DnsEndPoint("localhost", node.Port));
        }

        return await ConnectionMultiplexer.ConnectAsync(options);
    }

    /// <summary>What each node thinks and said last, for the output of a failed test.</summary>
    public async Task<string> DescribeAsync()
    {
        var views = await Task.WhenAll(_nodes.Select(async node =>
        {
            var view = node.IsRunning ? await ViewAsync(node) : "not running";
            return $"--- {node.EndPoint} at {node.Address}\n{view}\n{node.Tail()}";
        }));
        return string.Join('\n', views);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var port in _publishedPorts)
        {
            await port.DisposeAsync();
        }

        await Task.WhenAll(_nodes.Select(node => node.DisposeAsync().AsTask()));
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static string ContainerAddress(int index) => $"127.0.1.{index + 1}";

    private static async Task<string> ViewAsync(RedisNode node)
    {
        try
        {
            return await node.AskTextAsync("CLUSTER", "NODES").WaitAsync(TimeSpan.FromSeconds(1));
        }
        catch (Exception exception) when (exception is NodeException or TimeoutException or OperationCanceledException)
        {
            return $"no answer: {exception.Message}";
        }
    }

    private RedisNode Create(int port) => new(_server, Path.Combine(_folder, port.ToString(System.Globalization.CultureInfo.InvariantCulture)), port, Password);
}
