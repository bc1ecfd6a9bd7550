using RedisCluster.Servers;
using RedisCluster.Wire;

namespace RedisCluster.Testing;

/// <summary>
/// Real nodes on free ports, in a temporary folder; not yet a cluster. Removed by disposal, and by <see cref="LastWill"/> when disposal never comes.
/// </summary>
internal sealed class RedisNodes(NodeSettings settings) : IAsyncDisposable
{
    private static readonly TimeSpan LongestView = TimeSpan.FromSeconds(1);

    private static readonly Lazy<string> Root = new(() =>
    {
        var folder = Directory.CreateTempSubdirectory("redis-cluster-tests-").FullName;
        LastWill.Removes(folder);
        return folder;
    });

    private readonly string _folder = Path.Combine(Root.Value, Guid.NewGuid().ToString("N")[..8]);
    private readonly List<RedisNode> _nodes = [];
    private readonly List<IAsyncDisposable> _beside = [];

    public RedisNode this[int index] => _nodes[index];

    public IReadOnlyList<RedisNode> All => _nodes;

    public IReadOnlyList<string> EndPoints => [.. _nodes.Select(node => node.EndPoint)];

    /// <summary>Nodes that listen on 127.0.0.1 and answer.</summary>
    public static async Task<RedisNodes> StartAsync(int count, NodeSettings settings, CancellationToken cancellationToken)
    {
        var nodes = new RedisNodes(settings);
        try
        {
            await nodes.AddAsync(count, cancellationToken);
            return nodes;
        }
        catch
        {
            await nodes.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the nodes that do not run yet, and returns when they answer.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => StartAsync(_nodes.Where(node => !node.IsRunning), cancellationToken);

    /// <summary>Starts more nodes beside the ones that are there.</summary>
    public async Task<IReadOnlyList<RedisNode>> AddAsync(int count, CancellationToken cancellationToken)
    {
        var added = Prepare(count);
        await StartAsync(added, cancellationToken);
        return added;
    }

    /// <summary>More nodes that do not run yet.</summary>
    public IReadOnlyList<RedisNode> Prepare(int count)
    {
        var added = FreePorts.Take(count).Select(port => new RedisNode(settings, _folder, port)).ToList();
        _nodes.AddRange(added);
        return added;
    }

    /// <summary>Something that ends before the nodes do.</summary>
    public void EndFirst(IAsyncDisposable beside) => _beside.Add(beside);

    /// <summary>What each node thinks and said last, for the output of a failed test.</summary>
    public async Task<string> DescribeAsync()
    {
        var views = await Task.WhenAll(_nodes.Select(async node =>
        {
            var view = !node.IsRunning ? "not running" : node.IsHanging ? "hanging" : await ViewAsync(node);
            return $"--- {node.EndPoint} at {node.Address}\n{view}\n{node.LogTail()}";
        }));
        return string.Join('\n', views);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var beside in _beside)
        {
            await beside.DisposeAsync();
        }

        await Task.WhenAll(_nodes.Select(node => node.KillAsync(CancellationToken.None)));
        FreePorts.Release(_nodes.Select(node => node.Port));
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static Task StartAsync(IEnumerable<RedisNode> nodes, CancellationToken cancellationToken) =>
        Task.WhenAll(nodes.Select(node => node.StartAsync("127.0.0.1", cancellationToken)));

    private static async Task<string> ViewAsync(RedisNode node)
    {
        using var limit = new CancellationTokenSource(LongestView);
        try
        {
            return (await node.AskAsync(["CLUSTER", "NODES"], limit.Token)).Text;
        }
        catch (Exception exception) when (exception is NodeException or OperationCanceledException)
        {
            return $"no answer: {exception.Message}";
        }
    }
}
