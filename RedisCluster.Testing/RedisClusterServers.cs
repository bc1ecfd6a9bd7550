using System.Collections.Immutable;
using System.Security.Cryptography;
using RedisCluster.Execution;
using RedisCluster.Observing;
using RedisCluster.Topology;
using RedisCluster.Wire;

namespace RedisCluster.Testing;

/// <summary>
/// A Redis Cluster of real server processes for tests: formed and ready when <see cref="StartAsync"/> returns, gone with its files when disposed, and gone as well when the
/// process of the tests is killed. Many can run side by side, in one process and in many.
/// </summary>
/// <example>
/// <code>
/// await using var cluster = await RedisClusterServers.StartAsync(new() { Shards = 3, ReplicasPerShard = 1 });
/// await using var redis = await ConnectionMultiplexer.ConnectAsync(cluster.ConnectionString);
/// </code>
/// </example>
public sealed partial class RedisClusterServers : IAsyncDisposable
{
    private readonly RedisClusterServersOptions _options;
    private readonly RedisNodes _nodes;
    private readonly NodeNetwork? _network;
    private readonly NodeConnections _connections;
    private readonly Observer _observer;

    private RedisClusterServers(RedisClusterServersOptions options, string? password, RedisNodes nodes)
    {
        (_options, Password, _nodes) = (options, password, nodes);
        nodes.Prepare(options.NodeCount);
        _network = options.CanBePartitioned ? new NodeNetwork(nodes.All) : null;
        _connections = new NodeConnections(user: null, password, Reconciler.AnswerTimeout(options.Deadline));
        _observer = new Observer(_connections);
    }

    /// <summary>
    /// What StackExchange.Redis takes: every node as <c>localhost:port</c>, the password, and <c>abortConnect=false</c>, so that a node that a test has killed keeps no client
    /// from connecting.
    /// </summary>
    public string ConnectionString => $"{string.Join(',', EndPoints)}{(Password is null ? "" : $",password={Password}")},abortConnect=false";

    /// <summary>The password; null where there is none.</summary>
    public string? Password { get; }

    /// <summary>The addresses of all nodes for clients, each <c>localhost:port</c>.</summary>
    public IReadOnlyList<string> EndPoints => _nodes.EndPoints;

    /// <summary>All nodes, running or not. After the start the first ones are the primaries, the others their replicas; a failover changes that.</summary>
    public IReadOnlyList<RedisNode> Nodes => _nodes.All;

    /// <summary>Starts servers on free ports and makes them a cluster.</summary>
    /// <param name="options">What cluster; null for three shards with a replica each.</param>
    /// <param name="cancellationToken">Ends the attempt; nothing of it is left.</param>
    /// <returns>A cluster in which every node is ready: all agree on every slot, and each replica is in sync.</returns>
    /// <exception cref="ArgumentException">An option cannot be; the message names every one.</exception>
    /// <exception cref="Servers.RedisServerNotFoundException">This machine has no server and none can be fetched; the message says what to install.</exception>
    /// <exception cref="ExpectationException">A node did not start, or they were no cluster within <see cref="RedisClusterServersOptions.Deadline"/>.</exception>
    public static async Task<RedisClusterServers> StartAsync(RedisClusterServersOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new RedisClusterServersOptions();
        options.ThrowIfInvalid();
        var server = await FoundServers.FindAsync(options.ServerPath, cancellationToken);
        var password = options.Password switch
        {
            null => RandomNumberGenerator.GetHexString(32, lowercase: true),
            "" => null,
            var given => given,
        };
        var settings = new NodeSettings(server, password, options.NodeTimeout, options.NodeSettings);
        var cluster = new RedisClusterServers(options, password, new RedisNodes(settings));
        try
        {
            await cluster._nodes.StartAsync(cancellationToken);
            await cluster.ReconcileAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The nodes that own slots now, in the order of <see cref="Nodes"/>.</summary>
    public async Task<IReadOnlyList<RedisNode>> PrimariesAsync(CancellationToken cancellationToken = default) =>
        [.. (await LookAsync(cancellationToken)).Owners.Select(NodeOf)];

    /// <summary>The nodes that are replicas now, in the order of <see cref="Nodes"/>.</summary>
    public async Task<IReadOnlyList<RedisNode>> ReplicasAsync(CancellationToken cancellationToken = default) =>
        [.. (await LookAsync(cancellationToken)).Observation.Nodes.Where(node => node.IsReplica).Select(NodeOf)];

    /// <summary>The replicas that a primary has now.</summary>
    public async Task<IReadOnlyList<RedisNode>> ReplicasOfAsync(RedisNode primary, CancellationToken cancellationToken = default) =>
        [.. (await LookAsync(cancellationToken)).ReplicasOf(Own(primary)).Select(NodeOf)];

    /// <summary>The primary of a key's slot now.</summary>
    /// <exception cref="ExpectationException">No node that answers owns the slot: its owner was killed and nobody has taken over yet.</exception>
    public async Task<RedisNode> PrimaryOfAsync(string key, CancellationToken cancellationToken = default)
    {
        var slot = await SlotOfAsync(key, cancellationToken);
        return (await LookAsync(cancellationToken)).Owner(slot) is { } owner
            ? NodeOf(owner)
            : throw new ExpectationException($"Expected an owner of slot {slot} of '{key}' among the nodes that answer, found none.\n{await _nodes.DescribeAsync()}");
    }

    /// <summary>The slot of a key.</summary>
    public async Task<int> SlotOfAsync(string key, CancellationToken cancellationToken = default)
    {
        var node = Nodes.FirstOrDefault(IsReachable) ?? throw new ExpectationException("Expected a node that runs, found none.");
        return (int)(await AskAsync(node, ["CLUSTER", "KEYSLOT", key], cancellationToken)).Number;
    }

    /// <summary>What every node thinks of the cluster and logged last: for the output of a failed test.</summary>
    public Task<string> DescribeAsync() => _nodes.DescribeAsync();

    /// <summary>Ends all servers and removes their files.</summary>
    public async ValueTask DisposeAsync()
    {
        await _connections.DisposeAsync();
        await _nodes.DisposeAsync();
        if (_network is not null)
        {
            await _network.DisposeAsync();
        }
    }

    private static bool IsReachable(RedisNode node) => node is { IsRunning: true, IsHanging: false };

    private static NodeAddress AddressOf(RedisNode node) => new("localhost", node.Port);

    private RedisNode NodeOf(NodeObservation seen) => Nodes.Single(node => node.Port == seen.Announced.Port);

    private RedisNode Own(RedisNode node) =>
        Nodes.Contains(node) ? node : throw new ArgumentException($"Expected a node of this cluster ({string.Join(", ", EndPoints)}), found {node}.", nameof(node));

    private WantedCluster Wanted() => new(_options.Shards, _options.ReplicasPerShard, [.. Nodes.Select(AddressOf)], _options.NodeTimeout);

    // A node that hangs would only hold everybody up: it is known not to answer.
    private async Task<ClusterSight> LookAsync(CancellationToken cancellationToken)
    {
        ImmutableArray<NodeAddress> reachable = [.. Nodes.Where(IsReachable).Select(AddressOf)];
        return new ClusterSight(await _observer.ObserveAsync(reachable, TimeSpan.Zero, cancellationToken));
    }

    private async Task<Reply> AskAsync(RedisNode node, object[] command, CancellationToken cancellationToken)
    {
        try
        {
            return await _connections.SendAsync(AddressOf(node), command, cancellationToken);
        }
        catch (NodeException exception)
        {
            throw new ExpectationException($"{exception.Message}\n{node.LogTail()}", exception);
        }
    }
}
